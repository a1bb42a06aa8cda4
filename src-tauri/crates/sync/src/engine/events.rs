//! Events of the hotel's channel: applied at once, or read up on when nobody can tell what they mean now.

use model::{HotelEvent, Offer, OfferId, OfferKey};

use super::Engine;
use super::desk::{Held, Operation};
use crate::action::Delivery;
use crate::base::{Tick, Verdict};
use crate::message::HotelMessage;
use crate::view::NoticeKind;

impl Engine {
    pub(super) fn hotel_event(&mut self, message: HotelMessage) -> cache::Result<()> {
        let now = self.now;
        let about = message.about().map(|id| id.0);
        let HotelMessage { name, says } = message;
        self.note_event(&name, about);
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let event = match says {
            Ok(event) => event,
            Err(malformed) => {
                tracing::warn!(event = name, %malformed, "an event that cannot be applied");
                desk.reading.specific_event(now);
                match malformed.id {
                    Some(id) => self.read_again(id, true),
                    None => {
                        desk.has_missed(self.tick);
                        desk.reading.hint(now, &mut self.rng);
                    }
                }
                return Ok(());
            }
        };
        if event == HotelEvent::SomethingChanged {
            if desk.reading.lost_an_event(now) {
                desk.has_missed(self.tick);
                desk.reading.hint(now, &mut self.rng);
            }
            return Ok(());
        }
        desk.reading.specific_event(now);
        match event {
            HotelEvent::Created(offer) => self.created_elsewhere(offer),
            HotelEvent::Updated(offer) => {
                let id = offer.id;
                // A photo can travel with an update, behind the address that stands there already.
                let known = desk.base.get(id).and_then(|known| known.photo_url.as_ref());
                if let Some(url) = known
                    && offer.photo_url.as_ref() == Some(url)
                    && !desk.doubted.contains(url)
                {
                    desk.doubted.insert(url.clone());
                }
                let verdict = desk.base.event(offer, false, self.tick);
                let author = self.attempt_behind(id);
                self.write_down(id, verdict, true, author)?;
                self.note_standing(id)?;
                self.race_heard_of(id);
                if verdict == Verdict::Applied && self.may_be_older_than_ours(id) {
                    self.read_again(id, true);
                }
                Ok(())
            }
            HotelEvent::Deleted { id } => self.gone(id, None),
            HotelEvent::ImageUpdated { id, photo_url } => {
                let verdict = desk.base.photo_moved(id, photo_url.clone(), self.tick);
                let author = self.attempt_behind_photo(id);
                self.learned_by(id, verdict, true, author)?;
                if let Some(url) = photo_url {
                    // The same address may show another picture now.
                    self.want_picture(url);
                }
                Ok(())
            }
            HotelEvent::SomethingChanged => Ok(()),
        }
    }

    /// A change of ours whose answer is not here yet may be seen to stand already.
    fn note_standing(&mut self, id: OfferId) -> cache::Result<()> {
        let Some(desk) = &self.desk else { return Ok(()) };
        let Some(offer) = desk.base.get(id) else {
            return Ok(());
        };
        let is_news = |operation: &&Operation| {
            let Delivery {
                attempted, has_stood, ..
            } = operation.delivery;
            attempted && !has_stood && operation.stands_in(&offer.fields)
        };
        let stand: Vec<Operation> = desk.of(id.into()).filter(is_news).cloned().collect();
        for mut operation in stand {
            operation.delivery.has_stood = true;
            self.rewrite(operation)?;
        }
        Ok(())
    }

    /// `offer-created` arrived. While a create of ours with the same fields has no answer, it may be its echo: it is held until
    /// the answer tells, so that neither a second card nor a notice of one's own work appears.
    pub(super) fn created_elsewhere(&mut self, offer: Offer) -> cache::Result<()> {
        let tick = self.tick;
        let Some(desk) = &mut self.desk else { return Ok(()) };
        if desk.may_be_ours(&offer) {
            desk.hold(offer, None, tick, tick);
            return self.claim_unanswered();
        }
        self.is_new(offer, tick)
    }

    /// A creation that is not ours was heard of then.
    fn is_new(&mut self, offer: Offer, heard: Tick) -> cache::Result<()> {
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let is_known = desk.base.get(offer.id).is_some();
        let (id, title) = (offer.id, offer.fields.title.clone());
        let verdict = desk.base.event(offer, true, heard);
        if !is_known && verdict == Verdict::Applied {
            self.notice(NoticeKind::Created, title, Some(id.into()), None, Vec::new());
        }
        self.learned(id, verdict, None)
    }

    /// Shows the creations that were held and are not ours, after one of ours has been settled.
    pub(super) fn release_held(&mut self) -> cache::Result<()> {
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let held = std::mem::take(&mut desk.held);
        let (kept, released): (Vec<Held>, Vec<Held>) =
            held.into_iter().partition(|held| desk.may_be_ours(&held.offer));
        desk.held = kept;
        for held in released.into_iter().filter(|held| !held.is_gone) {
            let Some(desk) = &self.desk else { return Ok(()) };
            if held.is_doubtful || desk.base.is_missed(held.offer.id, held.heard) {
                self.read_again(held.offer.id, true);
            } else if desk.base.get(held.offer.id).is_none() {
                // What was learned of it meanwhile would be newer.
                self.is_new(held.offer, held.heard)?;
            }
        }
        Ok(())
    }

    /// Writes down what became of something the server said about an offer. `by`: the window of this computer whose request was
    /// answered with it; `None`: nobody here asked for it to be so.
    pub(super) fn learned(&mut self, id: OfferId, verdict: Verdict, by: Option<&str>) -> cache::Result<()> {
        let author = by.map(str::to_owned).or_else(|| self.attempt_behind(id));
        self.learned_by(id, verdict, by.is_none(), author)
    }

    /// The same with its author, who may be of this computer although the cause lies elsewhere: an echo that came before the answer.
    pub(super) fn learned_by(
        &mut self,
        id: OfferId,
        verdict: Verdict,
        remote: bool,
        author: Option<String>,
    ) -> cache::Result<()> {
        self.write_down(id, verdict, remote, author)?;
        if verdict == Verdict::Applied {
            self.look_at_race(id);
        }
        Ok(())
    }

    fn write_down(
        &mut self,
        id: OfferId,
        verdict: Verdict,
        remote: bool,
        author: Option<String>,
    ) -> cache::Result<()> {
        match verdict {
            Verdict::Known => {}
            Verdict::ReadAgain => self.read_again(id, true),
            Verdict::Applied => {
                let Some(desk) = &mut self.desk else { return Ok(()) };
                if let Some(offer) = desk.base.get(id) {
                    let version = desk.version(offer, author.as_deref(), self.now);
                    let version = self.cache.put_base_and_version(desk.id, &version)?;
                    self.first_version.get_or_insert(version);
                    if let Some(url) = offer
                        .photo_url
                        .clone()
                        .filter(|url| !desk.pictures.contains_key(url))
                    {
                        desk.wanted.entry(url).or_default();
                    }
                }
                desk.touch(id, remote);
                desk.guests.others_changed(self.now.since_start);
            }
        }
        Ok(())
    }

    /// The offer is gone from the server. Changes made here stay, and wait for a decision. `by`: the window of this computer that
    /// had it deleted.
    pub(super) fn gone(&mut self, id: OfferId, by: Option<&str>) -> cache::Result<()> {
        let (tick, remote) = (self.tick, by.is_none());
        let Some(desk) = &mut self.desk else { return Ok(()) };
        for held in desk.held.iter_mut().filter(|held| held.offer.id == id) {
            held.is_gone = true;
        }
        let Some(offer) = desk.base.deleted(id, tick) else {
            return Ok(());
        };
        self.cache.delete_base(desk.id, id)?;
        desk.rereads.remove(&id);
        desk.races.remove(&id);
        desk.touch(id, remote);
        desk.guests.others_changed(self.now.since_start);
        let deleter = by.map(str::to_owned).or_else(|| self.deleter_of(id));
        self.remember_deletion(&offer, deleter.as_deref())?;
        let was_ours = self.settle_deletion(OfferKey::from(id))?;
        if remote && !was_ours {
            self.notice(NoticeKind::Deleted, offer.fields.title, None, None, Vec::new());
        }
        Ok(())
    }
}
