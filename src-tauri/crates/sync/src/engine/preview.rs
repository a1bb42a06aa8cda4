//! What the preview window shows: the server's offers as guests are given them, and the same with everything that is not on the server.

use std::collections::{BTreeSet, HashMap, HashSet};

use api::PUBLIC_FIELDS;
use model::order::Place;
use model::{Field, OfferFields, OfferKey};

use super::desk::Desk;
use super::{Engine, Outcome, drafts};
use crate::action::Action;
use crate::draft::Draft;
use crate::effect::Reply;
use crate::preview::{GuestHotel, GuestOffer, GuestPreview, Leaving, Pending, Stage};
use crate::view::{PhotoChange, Picture};

/// An offer as it would be, with what of it is not on the server.
struct Intended {
    key: Option<OfferKey>,
    fields: OfferFields,
    photo: Option<Picture>,
    stage: Stage,
}

impl Engine {
    pub(super) fn guest_preview(&mut self) -> Outcome {
        let now = self.now.since_start;
        if let Some(desk) = &mut self.desk {
            desk.guests.want_header(now);
        }
        let (session, connection, today) = (self.session_view(), self.connection_view(), self.today);
        let drafts = self.shown_drafts()?;
        let sending = self.sending();
        let mut preview = GuestPreview {
            session,
            connection: connection.state,
            last_synced: connection.last_synced,
            today,
            hotel: None,
            offers: Vec::new(),
            intended: Vec::new(),
            leaving: Vec::new(),
        };
        if let Some(desk) = &self.desk {
            preview.hotel = desk.hotel();
            preview.offers = desk.seen();
            let mut intended = desk.intended(&sending);
            // The oldest first: of two windows with the same offer, the one typed in last is believed.
            for draft in drafts.iter().rev() {
                type_over(&mut intended, draft);
            }
            (preview.intended, preview.leaving) = desk.difference(intended, &preview.offers, &sending);
        }
        Ok(Ok(Reply::GuestPreview(Box::new(preview))))
    }

    fn shown_drafts(&self) -> cache::Result<Vec<Draft>> {
        // One that cannot be read is told where it is asked for.
        let rows = self.draft_rows(true)?;
        Ok(rows.iter().filter_map(|row| drafts::read(row).ok()).collect())
    }
}

impl Desk {
    fn hotel(&self) -> Option<GuestHotel> {
        let hotel = self.guests.hotel()?;
        let picture = |url: &String| {
            let known = self.pictures.get(url)?;
            Some(Picture {
                hash: Some(known.hash.to_string()),
            })
        };
        Some(GuestHotel {
            name: hotel.name.clone(),
            tagline: hotel.tagline.clone(),
            city: hotel.city.clone(),
            country: hotel.country.clone(),
            phone: hotel.phone.clone(),
            email: hotel.email.clone(),
            website_url: hotel.website_url.clone(),
            booking_url: hotel.booking_url.clone(),
            hero: picture(&hotel.hero_image_url),
            logo: picture(&hotel.logo_url),
        })
    }

    /// What the server lists for guests.
    fn seen(&self) -> Vec<GuestOffer> {
        let mut offers: Vec<&model::Offer> =
            self.base.iter().filter(|offer| offer.fields.is_active).collect();
        offers.sort_by(|a, b| a.listing_order(b));
        offers
            .into_iter()
            .map(|offer| guest_offer(Some(offer.id.into()), &offer.fields, self.standing_photo(offer)))
            .collect()
    }

    /// Every offer, hidden ones too, with everything saved here.
    fn intended(&self, sending: &[cache::OperationId]) -> Vec<Intended> {
        let keys: BTreeSet<OfferKey> = self.keys().collect();
        keys.into_iter()
            .filter_map(|key| {
                Some(Intended {
                    key: Some(key),
                    fields: self.fields(key)?,
                    photo: self.photo(key),
                    stage: self.stage(key, sending),
                })
            })
            .collect()
    }

    fn stage(&self, key: OfferKey, sending: &[cache::OperationId]) -> Stage {
        if !self.conflicts(key, sending).is_empty() {
            return Stage::NeedsYou;
        }
        let parked = |operation: &super::desk::Operation| operation.delivery.parked.is_some();
        let sent = |operation: &super::desk::Operation| sending.contains(&operation.id);
        if self.of(key).any(parked) {
            Stage::NeedsYou
        } else if self.of(key).any(sent) {
            Stage::Sending
        } else {
            // What is settled here and differs all the same is about to be sent.
            Stage::Waiting
        }
    }

    /// What guests would see, each marked with what differs from what they see now; and what they would not see any more,
    /// or not if a deletion that waits for a person were to go ahead.
    fn difference(
        &self,
        intended: Vec<Intended>,
        seen: &[GuestOffer],
        sending: &[cache::OperationId],
    ) -> (Vec<GuestOffer>, Vec<Leaving>) {
        let (mut shown, hidden): (Vec<Intended>, Vec<Intended>) =
            intended.into_iter().partition(|offer| offer.fields.is_active);
        let staying: HashSet<OfferKey> = shown.iter().filter_map(|offer| offer.key).collect();
        let hidden: HashMap<OfferKey, Stage> = hidden
            .into_iter()
            .filter_map(|offer| Some((offer.key?, offer.stage)))
            .collect();
        shown.sort_by(|a, b| self.place(a).compare(&self.place(b)));
        let leaving = seen
            .iter()
            .filter_map(|offer| {
                let key = offer.key?;
                let hidden = hidden.get(&key);
                let goes =
                    |operation: &super::desk::Operation| matches!(operation.action, Action::Delete { .. });
                // Its deletion waits for a person: until that is decided it stays, and no field says that anything is open.
                let waits = |operation: &super::desk::Operation| {
                    operation.delivery.parked.is_some() && goes(operation)
                };
                if staying.contains(&key) && !self.of(key).any(waits) {
                    return None;
                }
                Some(Leaving {
                    key,
                    title: offer.title.clone(),
                    stage: hidden.copied().unwrap_or_else(|| self.stage(key, sending)),
                    is_deleted: hidden.is_none() && self.of(key).any(goes),
                })
            })
            .collect();
        let known: HashMap<OfferKey, &GuestOffer> = seen
            .iter()
            .filter_map(|offer| Some((offer.key?, offer)))
            .collect();
        let offers = shown
            .into_iter()
            .map(|offer| {
                let before = offer.key.and_then(|key| known.get(&key).copied());
                let standing = offer.key.and_then(OfferKey::id).and_then(|id| self.base.get(id));
                let mut now = guest_offer(offer.key, &offer.fields, offer.photo);
                now.pending = pending(&now, before, standing, &offer.fields, offer.stage);
                now
            })
            .collect();
        (offers, leaving)
    }

    fn place(&self, offer: &Intended) -> Place {
        let standing = offer.key.and_then(OfferKey::id).and_then(|id| self.base.get(id));
        Place {
            // What was never saved is compared by nothing else than its order and its youth.
            key: offer.key.unwrap_or(OfferKey::New(uuid::Uuid::nil())),
            sort_order: offer.fields.sort_order,
            created_at: standing.map(|offer| offer.created_at),
        }
    }
}

fn guest_offer(key: Option<OfferKey>, fields: &OfferFields, photo: Option<Picture>) -> GuestOffer {
    GuestOffer {
        key,
        id: key.and_then(OfferKey::id),
        title: fields.title.clone(),
        short_description: fields.short_description.clone(),
        details_html: fields.details_html.clone(),
        valid_from: fields.valid_from,
        valid_to: fields.valid_to,
        tag: fields.tag.clone(),
        book_now_url: fields.book_now_url.clone(),
        photo,
        pending: None,
    }
}

fn pending(
    now: &GuestOffer,
    before: Option<&GuestOffer>,
    standing: Option<&model::Offer>,
    fields: &OfferFields,
    stage: Stage,
) -> Option<Pending> {
    let Some((before, standing)) = before.zip(standing) else {
        return Some(Pending {
            stage,
            is_new: true,
            fields: Vec::new(),
            photo: false,
        });
    };
    let differs = |field: &Field| fields.get(*field) != standing.fields.get(*field);
    let seen = PUBLIC_FIELDS.into_iter().chain([Field::SortOrder]);
    let pending = Pending {
        stage,
        is_new: false,
        fields: seen.filter(differs).collect(),
        photo: now.photo != before.photo,
    };
    (!pending.fields.is_empty() || pending.photo).then_some(pending)
}

/// Puts what an editor holds over what is saved: the fields that were changed in it.
fn type_over(offers: &mut Vec<Intended>, draft: &Draft) {
    let photo = |change: &PhotoChange| match change {
        PhotoChange::Set(photo) => Some(Picture {
            hash: Some(photo.hash.to_string()),
        }),
        PhotoChange::Remove => None,
    };
    let Some(key) = draft.key else {
        return offers.push(Intended {
            key: None,
            fields: draft.fields.clone(),
            photo: draft.photo.as_ref().and_then(photo),
            stage: Stage::Unsaved,
        });
    };
    // A draft of an offer that is gone is a person's to decide about, and nothing that guests would see.
    let Some(offer) = offers.iter_mut().find(|offer| offer.key == Some(key)) else {
        return;
    };
    draft.base.patch_to(&draft.fields).apply_to(&mut offer.fields);
    if let Some(change) = &draft.photo {
        offer.photo = photo(change);
    }
    offer.stage = Stage::Unsaved;
}
