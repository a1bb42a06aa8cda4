//! The hotel's server as the desks reach it: the demo hotel's own core, called without a socket, and a log of all it ever held.
//!
//! A call is done at one instant; a list is read page by page, and may change in between, as it does on a real server.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use api::{Hotel as HotelOfUser, PublicPage, SignedIn, Token};
use cache::PhotoHash;
use demo_hotel::{Broadcast, Data, Form, Hotel, Opening, Refusal, Upload};
use jiff::Timestamp;
use model::{Field, FieldValue, HotelSlug, Offer, OfferFields, OfferId, OfferPatch};
use serde_json::{Map, Value, json};
use sync::effect::{Answer, Call, Fetched, PictureError};
use sync::view::StagedPhoto;

pub(crate) const HOTEL: &str = "killarney";
const MEDIA: &str = "http://127.0.0.1:1/media/";

/// The server, and everything that was ever true there.
pub(crate) struct Server {
    hotel: Hotel,
    /// Bytes of every picture anybody has chosen.
    pub(crate) pictures: HashMap<PhotoHash, Vec<u8>>,
    pub(crate) log: Log,
}

/// What was ever true on the server.
#[derive(Default)]
pub(crate) struct Log {
    /// The mark of each create, with whose token it came and the offer it made.
    pub(crate) created: Vec<(String, Option<String>, OfferId)>,
    /// The marks of creates that came while an offer they had made before was there.
    pub(crate) doubled: Vec<String>,
    pub(crate) values: HashSet<(OfferId, Field, String)>,
    /// What each field holds, and since when.
    since: HashMap<(OfferId, Field), (String, Timestamp)>,
    pub(crate) photos: HashSet<(OfferId, PhotoHash)>,
    /// Whose token brought a value first.
    pub(crate) authors: HashMap<String, Option<String>>,
    /// Writes that replaced a value their author had not seen.
    pub(crate) overwritten: Vec<Overwritten>,
}

/// A value that stood between what an edit had seen and what it wrote.
#[derive(Clone, Debug)]
pub(crate) struct Overwritten {
    /// The desk, and which run of the program there.
    pub(crate) by_desk: (usize, u64),
    pub(crate) id: OfferId,
    pub(crate) field: Field,
    pub(crate) value: String,
    /// When it came to stand there. It may have stood there before.
    pub(crate) since: Timestamp,
    pub(crate) by: String,
    pub(crate) at: Timestamp,
}

/// A field's value as text, for comparing and for messages.
pub(crate) fn text(value: &FieldValue) -> String {
    match value {
        FieldValue::Text(text) => text.clone(),
        other => serde_json::to_string(other).expect("a field value is JSON"),
    }
}

/// What a request comes to, and what everybody is told of it.
pub(crate) type Outcome = (Answer, Vec<Broadcast>);

impl Server {
    pub(crate) fn new(offers: usize, now: Timestamp) -> Self {
        let hotel = Hotel::open(Opening {
            data: Data::InMemory,
            offers: 0,
            seed: 1,
            today: jiff::civil::date(2026, 11, 22),
            randomness: 1,
            media_url: MEDIA.to_owned(),
        })
        .expect("a hotel in memory can be opened");
        let mut server = Self {
            hotel,
            pictures: HashMap::new(),
            log: Log::default(),
        };
        for number in 0..offers {
            server.outside_create(&format!("offer {number}"), now);
        }
        server
    }

    /// Everything there is now.
    pub(crate) fn offers(&self) -> Vec<Offer> {
        let offers = self.hotel.offers(HOTEL).expect("the list can be read");
        offers.iter().map(wire).collect()
    }

    pub(crate) fn expire_tokens(&mut self) {
        self.hotel.expire_tokens().expect("the store works");
    }

    /// The bytes a guest's browser would get.
    pub(crate) fn served(&self, url: &str, now: Timestamp) -> Option<PhotoHash> {
        let name = url.strip_prefix(MEDIA)?;
        let photo = self.hotel.photos().read(name, now).expect("memory can be read")?;
        Some(PhotoHash::of(&photo.bytes))
    }

    pub(crate) fn stage(&mut self, number: u64) -> StagedPhoto {
        let bytes = format!("picture {number}").into_bytes();
        let hash = PhotoHash::of(&bytes);
        let size = u32::try_from(bytes.len()).expect("small");
        self.pictures.insert(hash, bytes);
        StagedPhoto {
            hash,
            name: format!("{number}.jpg"),
            content_type: "image/jpeg".to_owned(),
            width: 1,
            height: 1,
            bytes: size,
            source: None,
        }
    }

    pub(crate) fn outside_create(&mut self, mark: &str, now: Timestamp) -> Vec<Broadcast> {
        let form = json!({"title": mark, "short_description": "s", "details_text": mark});
        let done = self
            .hotel
            .create(HOTEL, Form::from_json(form), now)
            .expect("valid");
        let offer = wire(&done.answer);
        self.note(&offer, None, now);
        self.log.created.push((mark.to_owned(), None, offer.id));
        done.broadcasts
    }

    pub(crate) fn outside_edit(
        &mut self,
        id: OfferId,
        field: Field,
        value: Value,
        now: Timestamp,
    ) -> Vec<Broadcast> {
        let form = Form::from_json(json!({field.name(): value}));
        match self.hotel.update(HOTEL, id.0, form, now) {
            Ok(done) => {
                self.note(&wire(&done.answer), None, now);
                done.broadcasts
            }
            Err(_) => Vec::new(),
        }
    }

    pub(crate) fn outside_delete(&mut self, id: OfferId) -> Vec<Broadcast> {
        self.hotel
            .delete(HOTEL, id.0)
            .map(|done| done.broadcasts)
            .unwrap_or_default()
    }

    pub(crate) fn outside_photo(
        &mut self,
        id: OfferId,
        photo: &StagedPhoto,
        now: Timestamp,
    ) -> Vec<Broadcast> {
        let upload = self.upload(photo);
        match self.hotel.upload_photo(HOTEL, id.0, Some(upload), now) {
            Ok(done) => done.broadcasts,
            Err(_) => Vec::new(),
        }
    }

    pub(crate) fn sign_in(&mut self, username: &str) -> Answer {
        let word = Value::from(username);
        let signed_in = self
            .hotel
            .sign_in(Some(&word), Some(&word))
            .expect("a user of the hotel");
        let hotel = signed_in.hotel.map(|hotel| HotelOfUser {
            id: Some(hotel.id),
            slug: HotelSlug::try_from(hotel.slug.to_owned()).expect("a slug"),
            name: hotel.name.to_owned(),
        });
        Answer::SignedIn(Ok(SignedIn {
            token: Token::new(signed_in.token),
            username: signed_in.username.to_owned(),
            hotel,
            access_level: None,
            is_staff: false,
            is_superuser: false,
        }))
    }

    /// Whose token it is.
    pub(crate) fn user(&self, token: &Token) -> Result<&'static str, api::Error> {
        match self.hotel.staff_with_token(token.reveal()) {
            Ok(staff) => Ok(staff.username),
            Err(error) => Err(api::Error::SignedOut {
                words: error.to_string(),
            }),
        }
    }

    /// One page of the list as the wire has it.
    pub(crate) fn page(&self, token: &Token, number: i64) -> Result<Option<Value>, api::Error> {
        self.user(token)?;
        match self.hotel.page(HOTEL, number) {
            Ok(page) => {
                let next = page
                    .has_next
                    .then(|| format!("http://inside/offers/?page={}", number + 1));
                Ok(Some(
                    json!({"count": page.count, "next": next, "previous": null, "results": page.offers}),
                ))
            }
            Err(Refusal::NoPage) => Ok(None),
            Err(other) => panic!("the hotel itself failed: {other}"),
        }
    }

    /// The page that guests see, as the wire has it.
    pub(crate) fn public_page(&self) -> Answer {
        let page = self.hotel.public_page(HOTEL).expect("the hotel has a page");
        let page = serde_json::to_value(page).expect("a page is JSON");
        Answer::PublicPage(PublicPage::read(&page).map(Box::new))
    }

    pub(crate) fn picture(&self, url: &str, now: Timestamp) -> Answer {
        Answer::Picture(match self.served(url, now) {
            Some(hash) => Ok(Some(Fetched {
                hash,
                validators: api::Validators::default(),
            })),
            None => Err(PictureError::Unusable("nothing is there".to_owned())),
        })
    }

    /// Does what a desk's request asks for, as it arrives.
    pub(crate) fn perform(
        &mut self,
        desk: (usize, u64),
        token: &Token,
        call: &Call,
        now: Timestamp,
    ) -> Outcome {
        let user = match self.user(token) {
            Ok(user) => user,
            Err(error) => return (refused(call, error), Vec::new()),
        };
        match call {
            Call::Read(id) => (offer(self.hotel.offer(HOTEL, id.0)), Vec::new()),
            Call::Create(fields, photo) => {
                let form = self.create_form(fields, photo.as_ref());
                let done = self.hotel.create(HOTEL, form, now);
                if let Ok(done) = &done {
                    let made = wire(&done.answer);
                    let mark = made.fields.details_text.clone();
                    let is_there = |offer: &Offer| offer.id != made.id && offer.fields.details_text == mark;
                    if self.offers().iter().any(is_there) {
                        self.log.doubled.push(mark.clone());
                    }
                    self.log.created.push((mark, Some(user.to_owned()), made.id));
                    if let Some(photo) = photo {
                        self.log.photos.insert((made.id, photo.hash));
                    }
                    self.note(&made, Some(user), now);
                }
                told(done)
            }
            Call::Update(id, patch) => {
                self.look_before_overwriting(desk, *id, patch, now);
                let changes: Map<String, Value> = patch
                    .fields()
                    .into_iter()
                    .filter_map(|field| Some((field.name().to_owned(), patch.values(field)?.1)))
                    .map(|(name, value)| (name, serde_json::to_value(value).expect("JSON")))
                    .collect();
                let done = self.hotel.update(HOTEL, id.0, Form::Json(changes), now);
                if let Ok(done) = &done {
                    self.note(&wire(&done.answer), Some(user), now);
                }
                told(done)
            }
            Call::RemovePhoto(id) => {
                told(
                    self.hotel
                        .update(HOTEL, id.0, Form::from_json(json!({"photo": null})), now),
                )
            }
            Call::Delete(id) => match self.hotel.delete(HOTEL, id.0) {
                Ok(done) => (Answer::Deleted(Ok(())), done.broadcasts),
                Err(error) => (Answer::Deleted(Err(said(&error))), Vec::new()),
            },
            Call::Upload(id, photo) => {
                let upload = self.upload(photo);
                match self.hotel.upload_photo(HOTEL, id.0, Some(upload), now) {
                    Ok(done) => {
                        self.log.photos.insert((*id, photo.hash));
                        (Answer::Uploaded(Ok(done.answer.photo_url)), done.broadcasts)
                    }
                    Err(error) => (Answer::Uploaded(Err(said(&error))), Vec::new()),
                }
            }
            Call::SignIn { .. } | Call::List | Call::PublicPage | Call::Picture { .. } => {
                unreachable!("{call:?} has a way of its own")
            }
        }
    }

    fn upload(&self, photo: &StagedPhoto) -> Upload {
        Upload {
            file_name: photo.name.clone(),
            content_type: Some(photo.content_type.clone()),
            bytes: self.pictures[&photo.hash].clone(),
        }
    }

    fn create_form(&self, fields: &OfferFields, photo: Option<&StagedPhoto>) -> Form {
        let all = Field::ALL
            .iter()
            .map(|field| (field.name().to_owned(), fields.get(*field)));
        match photo {
            None => Form::Json(
                all.map(|(name, value)| (name, serde_json::to_value(value).expect("JSON")))
                    .collect(),
            ),
            Some(photo) => Form::Multipart {
                texts: all
                    .map(|(name, value)| match value {
                        FieldValue::Nothing(()) => (name, String::new()),
                        other => (name, text(&other)),
                    })
                    .collect(),
                files: HashMap::from([("photo".to_owned(), self.upload(photo))]),
            },
        }
    }

    fn note(&mut self, offer: &Offer, author: Option<&str>, now: Timestamp) {
        for field in Field::ALL {
            let value = text(&offer.fields.get(*field));
            self.log
                .authors
                .entry(value.clone())
                .or_insert_with(|| author.map(str::to_owned));
            let held = self.log.since.entry((offer.id, *field)).or_default();
            if held.0 != value {
                *held = (value.clone(), now);
            }
            self.log.values.insert((offer.id, *field, value));
        }
    }

    fn look_before_overwriting(
        &mut self,
        desk: (usize, u64),
        id: OfferId,
        patch: &OfferPatch,
        at: Timestamp,
    ) {
        let Ok(now) = self.hotel.offer(HOTEL, id.0) else {
            return;
        };
        let now = wire(&now);
        for field in patch.fields() {
            let Some((before, after)) = patch.values(field) else {
                continue;
            };
            let value = now.fields.get(field);
            if value != before && value != after {
                self.log.overwritten.push(Overwritten {
                    by_desk: desk,
                    id,
                    field,
                    value: text(&value),
                    since: self.log.since[&(id, field)].1,
                    by: text(&after),
                    at,
                });
            }
        }
    }
}

fn wire(offer: &demo_hotel::Offer) -> Offer {
    let json = serde_json::to_value(offer).expect("an offer is JSON");
    Offer::from_json(json).expect("in the wire's shape")
}

fn offer(answer: Result<demo_hotel::Offer, Refusal>) -> Answer {
    Answer::Offer(match answer {
        Ok(offer) => Ok(Box::new(wire(&offer))),
        Err(error) => Err(said(&error)),
    })
}

fn told(done: Result<demo_hotel::Done<demo_hotel::Offer>, Refusal>) -> Outcome {
    match done {
        Ok(done) => (Answer::Offer(Ok(Box::new(wire(&done.answer)))), done.broadcasts),
        Err(error) => (Answer::Offer(Err(said(&error))), Vec::new()),
    }
}

fn said(refusal: &Refusal) -> api::Error {
    let words = refusal.to_string();
    match refusal {
        Refusal::NoOffer | Refusal::NoPage | Refusal::NoHotel => api::Error::Missing { words },
        Refusal::Store(_) => panic!("the hotel itself failed: {words}"),
        Refusal::UploadFailed(_) => api::Error::Busy {
            status: 500,
            retry_after: None,
            words,
        },
        _ => api::Error::Refused {
            status: 400,
            words,
            fields: model::FieldErrors::new(),
        },
    }
}

/// The kind of answer a call expects, with an error in it.
pub(crate) fn refused(call: &Call, error: api::Error) -> Answer {
    match call {
        Call::SignIn { .. } => Answer::SignedIn(Err(error)),
        Call::List => Answer::Listed(Err(error)),
        Call::Read(_) | Call::Create(..) | Call::Update(..) | Call::RemovePhoto(_) => {
            Answer::Offer(Err(error))
        }
        Call::Delete(_) => Answer::Deleted(Err(error)),
        Call::Upload(..) => Answer::Uploaded(Err(error)),
        Call::PublicPage => Answer::PublicPage(Err(error)),
        Call::Picture { .. } => Answer::Picture(Err(PictureError::Later)),
    }
}

/// The same answer, as if its body had been cut in the middle.
pub(crate) fn cut(call: &Call) -> Answer {
    refused(
        call,
        api::Error::Unreadable {
            reason: "cut".to_owned(),
        },
    )
}

/// How long the server wants to be left alone, sometimes.
pub(crate) fn busy(status: u16, retry_after: Option<Duration>) -> api::Error {
    api::Error::Busy {
        status,
        retry_after,
        words: "not now".to_owned(),
    }
}
