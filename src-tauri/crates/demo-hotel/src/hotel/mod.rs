//! The hotel: its store and its rules, without sockets, threads or a clock.
//!
//! A synchronous, deterministic core. Every method that needs the time is given it; randomness comes from a generator
//! given at the opening; a change answers what the HTTP layer sends back and what is to be broadcast, in order. So a
//! simulation can drive it directly, and the same calls in the same order give the same bytes.
//!
//! Absent: who calls (the HTTP layer checks the token with [`Hotel::staff_with_token`] first), delivery of broadcasts
//! (the hub), faults.

mod broadcast;
mod fields;
mod form;
mod offer;
mod photos;
mod refusal;
mod seed;
mod staff;

use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use jiff::{Timestamp, civil::Date};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;

pub use self::{
    broadcast::{Broadcast, Done, channel},
    form::{Changes, Form, Purpose, Upload},
    offer::{Offer, PublicOffer},
    photos::{Photo, Photos},
    refusal::{FieldErrors, Refusal},
    staff::{HotelRef, PLACES, Place, STAFF, SignedIn, Staff},
};
use self::{form::Given, offer::PhotoName};

/// Offers on one page of the list.
pub const PAGE_SIZE: i64 = 10;

/// Where the hotel keeps its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// A folder, created if it isn't there; an existing one is kept as it is.
    Folder(PathBuf),
    /// Nothing is written anywhere, and everything is gone with the server.
    InMemory,
}

/// How a hotel is opened.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Where the data is.
    pub data: Data,
    /// How many offers a new `killarney` gets.
    pub offers: usize,
    /// The same seed gives the same offers, photos included.
    pub seed: u64,
    /// The day to which the seeded offers' dates relate, and their creation's last day.
    pub today: Date,
    /// Seed of tokens and photo names.
    pub randomness: u64,
    /// In front of a photo's name, for example `http://127.0.0.1:8000/media/`.
    pub media_url: String,
}

/// The hotel could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// The database.
    #[error("the hotel's database can't be opened: {0}")]
    Database(#[from] rusqlite::Error),
    /// The folder.
    #[error("the hotel's folder can't be written: {0}")]
    Folder(#[from] io::Error),
}

/// A new file that only its owner can read: a console keeps its demo hotel among what is nobody else's.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// One page of the staff's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Offers of the hotel.
    pub count: i64,
    /// From 1.
    pub number: i64,
    /// Whether a page follows.
    pub has_next: bool,
    /// At most [`PAGE_SIZE`].
    pub offers: Vec<Offer>,
}

/// What guests see of a hotel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the wire's field names")]
pub struct PublicPage {
    pub id: i64,
    pub slug: &'static str,
    pub name: &'static str,
    pub tagline: &'static str,
    pub hero_image_url: Option<String>,
    pub logo_url: Option<String>,
    pub city: &'static str,
    pub country: &'static str,
    pub phone: &'static str,
    pub email: &'static str,
    pub website_url: &'static str,
    pub booking_url: &'static str,
    pub offers: Vec<PublicOffer>,
}

/// The store and the rules.
#[derive(Debug)]
pub struct Hotel {
    db: Connection,
    photos: Photos,
    random: Xoshiro256PlusPlus,
    media_url: String,
}

impl Hotel {
    /// Opens the store, and seeds it if it is new.
    ///
    /// # Errors
    /// When the folder or the database can't be opened.
    pub fn open(opening: Opening) -> Result<Self, OpeningError> {
        let mut db = match &opening.data {
            Data::Folder(folder) => {
                std::fs::create_dir_all(folder)?;
                let file = folder.join("hotel.sqlite");
                match private_file(&file) {
                    Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
                    // SQLite's own files beside it get its mode.
                    _ => {}
                }
                let db = Connection::open(file)?;
                db.pragma_update(None, "journal_mode", "wal")?;
                db.pragma_update(None, "synchronous", "normal")?;
                db
            }
            Data::InMemory => Connection::open_in_memory()?,
        };
        db.set_prepared_statement_cache_capacity(64);
        // The tables and the seed are one transaction: a process that ends half-way leaves an empty store, which the
        // next one seeds.
        let transaction = db.transaction()?;
        transaction.execute_batch(&format!("{}{}{}", offer::TABLE, staff::TABLE, seed::TABLE))?;
        if !seed::is_sown(&transaction)? {
            seed::sow(&transaction, opening.offers, opening.seed, opening.today)?;
        }
        let scenes = seed::scenes(&transaction)?;
        transaction.commit()?;
        let photos = match opening.data {
            Data::Folder(folder) => Photos::in_folder(folder.join("media"), scenes)?,
            Data::InMemory => Photos::in_memory(scenes),
        };
        let random = Xoshiro256PlusPlus::seed_from_u64(opening.randomness);
        Ok(Self {
            db,
            photos,
            random,
            media_url: opening.media_url,
        })
    }

    /// The stored photos, shared.
    pub fn photos(&self) -> Photos {
        self.photos.clone()
    }

    /// Signs a user in; both fields as they were sent, `None` when they weren't.
    ///
    /// # Errors
    /// Missing or wrong credentials, as field errors.
    pub fn sign_in(
        &mut self,
        username: Option<&Value>,
        password: Option<&Value>,
    ) -> Result<SignedIn, Refusal> {
        let mut errors = FieldErrors::default();
        let mut word = |name: &'static str, sent: Option<&Value>| {
            let checked = match sent {
                None => Err(vec!["This field is required.".to_owned()]),
                Some(Value::String(text)) if name == "password" && !text.is_empty() => Ok(text.clone()),
                Some(sent) => fields::text(Given::Json(sent), None, false),
            };
            checked.map_err(|messages| errors.push(name, messages)).ok()
        };
        let (username, password) = (word("username", username), word("password", password));
        let (Some(username), Some(password)) = (username, password) else {
            return Err(Refusal::Invalid(errors));
        };
        let Some(staff) = staff::with_password(&username, &password) else {
            return Err(Refusal::Invalid(FieldErrors::of(
                "non_field_errors",
                "Unable to log in with provided credentials.",
            )));
        };
        let token = match staff::token_of(&self.db, staff)? {
            Some(token) => token,
            None => {
                let token = hex::encode(self.random.random::<[u8; 20]>());
                staff::store_token(&self.db, &token, staff)?;
                token
            }
        };
        Ok(staff.signed_in(token))
    }

    /// Whose token it is.
    ///
    /// # Errors
    /// 401 when it is nobody's.
    pub fn staff_with_token(&self, token: &str) -> Result<&'static Staff, Refusal> {
        staff::with_token(&self.db, token)?.ok_or(Refusal::Unauthorised("Invalid token."))
    }

    /// Makes every token invalid; the next sign-in makes new ones.
    ///
    /// # Errors
    /// When the store fails.
    pub fn expire_tokens(&mut self) -> Result<(), Refusal> {
        Ok(staff::expire_tokens(&self.db)?)
    }

    /// One page of the list, from 1. An empty list has one empty page.
    ///
    /// # Errors
    /// [`Refusal::NoPage`] past the end.
    pub fn page(&self, hotel: &str, number: i64) -> Result<Page, Refusal> {
        let count = offer::count(&self.db, hotel)?;
        let last = last_page(count);
        if !(1..=last).contains(&number) {
            return Err(Refusal::NoPage);
        }
        let offers = offer::list(
            &self.db,
            &self.media_url,
            hotel,
            false,
            PAGE_SIZE,
            (number - 1) * PAGE_SIZE,
        )?;
        Ok(Page {
            count,
            number,
            has_next: number < last,
            offers,
        })
    }

    /// The number of the last page.
    ///
    /// # Errors
    /// When the store fails.
    pub fn last_page(&self, hotel: &str) -> Result<i64, Refusal> {
        Ok(last_page(offer::count(&self.db, hotel)?))
    }

    /// Every offer of a hotel, in the list's order.
    ///
    /// # Errors
    /// When the store fails.
    pub fn offers(&self, hotel: &str) -> Result<Vec<Offer>, Refusal> {
        Ok(offer::list(&self.db, &self.media_url, hotel, false, -1, 0)?)
    }

    /// One offer.
    ///
    /// # Errors
    /// [`Refusal::NoOffer`].
    pub fn offer(&self, hotel: &str, id: i64) -> Result<Offer, Refusal> {
        offer::find(&self.db, &self.media_url, hotel, id)?.ok_or(Refusal::NoOffer)
    }

    /// Creates an offer.
    ///
    /// # Errors
    /// Field errors; nothing is stored then.
    pub fn create(&mut self, hotel: &str, form: Form, now: Timestamp) -> Result<Done<Offer>, Refusal> {
        let changes = form.check(Purpose::Create).map_err(Refusal::Invalid)?;
        let photo = self.store_photo(changes.photo.as_ref(), now)?.flatten();
        let id = offer::insert(&self.db, hotel, &changes, &photo, now)?;
        let offer = self.offer(hotel, id)?;
        Ok(Done {
            broadcasts: broadcast::created(hotel, &offer),
            answer: offer,
        })
    }

    /// Changes the fields that were sent.
    ///
    /// # Errors
    /// [`Refusal::NoOffer`], field errors; nothing is changed then.
    pub fn update(
        &mut self,
        hotel: &str,
        id: i64,
        form: Form,
        now: Timestamp,
    ) -> Result<Done<Offer>, Refusal> {
        self.offer(hotel, id)?;
        let changes = form.check(Purpose::Update).map_err(Refusal::Invalid)?;
        let photo = self.store_photo(changes.photo.as_ref(), now)?;
        offer::update(&self.db, hotel, id, &changes, photo.as_ref())?;
        let offer = self.offer(hotel, id)?;
        Ok(Done {
            broadcasts: broadcast::updated(hotel, &offer),
            answer: offer,
        })
    }

    /// Deletes an offer, and answers what it was.
    ///
    /// # Errors
    /// [`Refusal::NoOffer`], also the second time.
    pub fn delete(&mut self, hotel: &str, id: i64) -> Result<Done<Offer>, Refusal> {
        let offer = self.offer(hotel, id)?;
        offer::delete(&self.db, hotel, id)?;
        Ok(Done {
            broadcasts: broadcast::deleted(hotel, &offer),
            answer: offer,
        })
    }

    /// Gives an offer a photo, any bytes; answers the offer as it is now.
    ///
    /// # Errors
    /// [`Refusal::NoOffer`]; [`Refusal::NoPhoto`] without a file; [`Refusal::UploadFailed`] for an empty one.
    pub fn upload_photo(
        &mut self,
        hotel: &str,
        id: i64,
        photo: Option<Upload>,
        now: Timestamp,
    ) -> Result<Done<Offer>, Refusal> {
        self.offer(hotel, id)?;
        let photo = photo.ok_or(Refusal::NoPhoto)?;
        if photo.bytes.is_empty() {
            return Err(Refusal::UploadFailed("Empty file".to_owned()));
        }
        let photo = self.store_photo(Some(&Some(photo)), now)?;
        offer::update(&self.db, hotel, id, &Changes::default(), photo.as_ref())?;
        let offer = self.offer(hotel, id)?;
        Ok(Done {
            broadcasts: broadcast::image_updated(hotel, &offer),
            answer: offer,
        })
    }

    /// Puts other bytes behind an offer's photo URL, which stays the same.
    ///
    /// # Errors
    /// [`Refusal::NoOffer`]; [`Refusal::NoPhoto`] when it has none.
    pub fn repaint_photo(
        &mut self,
        hotel: &str,
        id: i64,
        bytes: Vec<u8>,
        now: Timestamp,
    ) -> Result<Done<Offer>, Refusal> {
        let offer = self.offer(hotel, id)?;
        let url = offer.photo_url.as_deref().ok_or(Refusal::NoPhoto)?;
        let name = url.strip_prefix(&self.media_url).ok_or(Refusal::NoPhoto)?;
        self.photos
            .store(name, bytes.into(), now)
            .map_err(|error| Refusal::UploadFailed(error.to_string()))?;
        Ok(Done {
            broadcasts: broadcast::image_updated(hotel, &offer),
            answer: offer,
        })
    }

    /// What guests see: active offers, whatever their dates.
    ///
    /// # Errors
    /// [`Refusal::NoHotel`].
    pub fn public_page(&self, hotel: &str) -> Result<PublicPage, Refusal> {
        let place = PLACES
            .iter()
            .find(|place| place.slug == hotel)
            .ok_or(Refusal::NoHotel)?;
        let offers = offer::list(&self.db, &self.media_url, hotel, true, -1, 0)?;
        Ok(PublicPage {
            id: place.id,
            slug: place.slug,
            name: place.name,
            tagline: place.tagline,
            hero_image_url: None,
            logo_url: None,
            city: place.city,
            country: "Ireland",
            phone: place.phone,
            email: place.email,
            website_url: place.website_url,
            booking_url: place.booking_url,
            offers: offers.into_iter().map(PublicOffer::from).collect(),
        })
    }

    /// Stores the file before the row that names it: a row never names a file that isn't there.
    fn store_photo(
        &mut self,
        photo: Option<&Option<Upload>>,
        now: Timestamp,
    ) -> Result<Option<PhotoName>, Refusal> {
        match photo {
            None => Ok(None),
            Some(None) => Ok(Some(None)),
            Some(Some(upload)) => {
                let name = photos::photo_name(self.random.random(), upload);
                self.photos
                    .store(&name, upload.bytes.as_slice().into(), now)
                    .map_err(|error| Refusal::UploadFailed(error.to_string()))?;
                Ok(Some(Some(name)))
            }
        }
    }
}

fn last_page(count: i64) -> i64 {
    (count.max(1) + PAGE_SIZE - 1) / PAGE_SIZE
}
