//! The staff's side of a hotel: its offers, read and changed.

use bytes::Bytes;
use model::{HotelSlug, Offer, OfferFields, OfferId, OfferPatch};
use reqwest::header::{AUTHORIZATION, CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request};
use serde_json::{Value, json};
use url::Url;

use crate::error::Error;
use crate::exchange::Exchange;
use crate::paging::{Listing, Paging, Step};
use crate::picture::{self, PictureAnswer, Validators};
use crate::public_page::PublicPage;
use crate::request::{self, Upload};
use crate::sign_in::Hotel;
use crate::token::Token;

/// All pages of a list together: many times what the largest hotel has.
const LIST_LIMIT: usize = 128 << 20;

/// Which hotel's offers; its id is sent along when it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HotelRef {
    /// The server's key.
    pub id: Option<i64>,
    /// Its name in addresses.
    pub slug: HotelSlug,
}

impl From<&Hotel> for HotelRef {
    fn from(hotel: &Hotel) -> Self {
        Self {
            id: hotel.id,
            slug: hotel.slug.clone(),
        }
    }
}

/// What an upload answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Where the photo can be fetched now, if the server said; it can be where the last one was.
    pub photo_url: Option<String>,
}

/// One hotel's offers, as one signed-in user. Cheap to clone. Dropping a call's future abandons its request.
#[derive(Clone, Debug)]
pub struct Staff {
    exchange: Exchange,
    token: Token,
    hotel: HotelRef,
}

impl Staff {
    pub(crate) fn new(exchange: Exchange, token: Token, hotel: HotelRef) -> Self {
        Self {
            exchange,
            token,
            hotel,
        }
    }

    /// The whole list, page by page; started over when it changes under the read.
    ///
    /// Any page that fails fails the read: half a list would look like deletions.
    pub async fn list(&self) -> Result<Listing, Error> {
        let headers = self.headers()?;
        let list = self.offers(&[]);
        let mut paging = Paging::new(list.clone());
        let mut query = None;
        let mut room = LIST_LIMIT;
        loop {
            let mut page = list.clone();
            page.set_query(query.as_deref());
            let step = match self
                .exchange
                .json_within(request::bare(Method::GET, page, &headers), &mut room)
                .await
            {
                Ok(answer) => paging.page(answer)?,
                Err(error @ Error::Missing { .. }) => paging.page_gone().ok_or(error)?,
                Err(error) => return Err(error),
            };
            match step {
                Step::Read(next) => query = next,
                Step::Done(listing) => return Ok(listing),
            }
        }
    }

    /// One offer. [`Error::Missing`] when it is gone.
    pub async fn read(&self, id: OfferId) -> Result<Offer, Error> {
        let request = request::bare(Method::GET, self.offer(id), &self.headers()?);
        self.the_offer(id, request).await
    }

    /// Creates an offer, its photo in the same request.
    ///
    /// Not safe to repeat: after an [`Error`] that [may be done](Error::may_be_done), look for it in the list first.
    pub async fn create(&self, fields: &OfferFields, photo: Option<Upload>) -> Result<Offer, Error> {
        let (url, headers) = (self.offers(&[]), self.headers()?);
        let request = match photo {
            None => request::json(Method::POST, url, &headers, &request::whole(fields)?),
            Some(photo) => request::multipart(Method::POST, url, &headers, Some(fields), photo).await?,
        };
        read_offer(self.exchange.json(request).await?)
    }

    /// Sends the changed fields, and answers what the offer then was. What it was before is the caller's affair: the server has no
    /// way to compare.
    pub async fn update(&self, id: OfferId, patch: &OfferPatch) -> Result<Offer, Error> {
        self.patch(id, &request::changes(patch)?).await
    }

    /// Takes the photo off an offer.
    pub async fn remove_photo(&self, id: OfferId) -> Result<Offer, Error> {
        self.patch(id, &json!({"photo": null})).await
    }

    /// Deletes an offer. [`Error::Missing`] when it is gone already.
    pub async fn delete(&self, id: OfferId) -> Result<(), Error> {
        self.exchange
            .done(request::bare(Method::DELETE, self.offer(id), &self.headers()?))
            .await
    }

    /// Puts a photo on an offer, in the place of any other.
    pub async fn upload_image(&self, id: OfferId, photo: Upload) -> Result<Uploaded, Error> {
        let url = self.offers(&[&id.to_string(), "upload-image"]);
        let request = request::multipart(Method::POST, url, &self.headers()?, None, photo).await?;
        match self.exchange.json(request).await? {
            Value::Object(answer) => {
                let photo_url = answer
                    .get("photo_url")
                    .and_then(Value::as_str)
                    .filter(|url| !url.is_empty());
                Ok(Uploaded {
                    photo_url: photo_url.map(str::to_owned),
                })
            }
            _ => Err(Error::unreadable("an upload's answer that is no object")),
        }
    }

    /// Fetches the picture at `url`, wherever that is, without anything of the sign-in. [`Error::Missing`] when none is there.
    pub async fn picture(&self, url: &Url, known: Option<&Validators>) -> Result<PictureAnswer, Error> {
        picture::fetch(&self.exchange, url, known).await
    }

    /// Fetches a picture that a person has named by its address, for use as a photo: over https, or from the API's own server, at
    /// most [`PICTURE_LIMIT`](crate::PICTURE_LIMIT) bytes, within 15 s. Every redirect has to keep to that.
    pub async fn chosen_picture(&self, url: &Url) -> Result<Bytes, Error> {
        picture::fetch_chosen(&self.exchange, url).await
    }

    /// Reads the hotel's public page as any guest would, without anything of the sign-in. [`Error::Missing`] when the server has none.
    pub async fn public_page(&self) -> Result<PublicPage, Error> {
        let slug = self.hotel.slug.as_str();
        let url = self.exchange.base().below(&["hotel", "public", "page", slug]);
        let mut headers = HeaderMap::new();
        // As the guest page asks: caches on the way have to ask the server.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        let request = request::bare(Method::GET, url, &headers);
        PublicPage::read(&self.exchange.json(request).await?)
    }

    async fn patch(&self, id: OfferId, changes: &Value) -> Result<Offer, Error> {
        let request = request::json(Method::PATCH, self.offer(id), &self.headers()?, changes);
        self.the_offer(id, request).await
    }

    async fn the_offer(&self, id: OfferId, request: Request) -> Result<Offer, Error> {
        let offer = read_offer(self.exchange.json(request).await?)?;
        if offer.id == id {
            Ok(offer)
        } else {
            Err(Error::unreadable(format!(
                "asked for offer {id}, got {}",
                offer.id
            )))
        }
    }

    fn offer(&self, id: OfferId) -> Url {
        self.offers(&[&id.to_string()])
    }

    fn offers(&self, below: &[&str]) -> Url {
        let mut segments = vec!["staff", "hotel", self.hotel.slug.as_str(), "offers"];
        segments.extend(below);
        self.exchange.base().below(&segments)
    }

    fn headers(&self) -> Result<HeaderMap, Error> {
        let spoilt = || Error::SignedOut {
            words: "The saved sign-in cannot be used. Please sign in again.".to_owned(),
        };
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, self.token.header().ok_or_else(spoilt)?);
        if let Some(id) = self.hotel.id {
            headers.insert(HeaderName::from_static("x-hotel-id"), HeaderValue::from(id));
        }
        let slug = HeaderValue::from_str(self.hotel.slug.as_str()).map_err(Error::unreadable)?;
        headers.insert(HeaderName::from_static("x-hotel-slug"), slug);
        Ok(headers)
    }
}

fn read_offer(answer: Value) -> Result<Offer, Error> {
    Offer::from_json(answer).map_err(Error::unreadable)
}
