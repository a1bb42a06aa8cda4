//! Fetching the picture behind an offer's `photo_url`, which any server may hold.
//!
//! The token is no business of that server: no header of the staff's requests is sent here. A picture can change behind an address
//! that stays, so what a server says about its version is kept and asked about.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use reqwest::{Method, Request, StatusCode};
use url::Url;

use crate::error::Error;
use crate::exchange::{self, Exchange};

/// The largest picture that is fetched, in bytes.
pub const PICTURE_LIMIT: usize = 20 * 1024 * 1024;

/// A picture is larger than an answer, and nobody waits for it with a form open.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a server said about a picture's version, in its own spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`
    pub etag: Option<String>,
    /// `Last-Modified`
    pub last_modified: Option<String>,
}

/// What came of asking for a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureAnswer {
    /// It is still the one whose validators were sent along.
    NotModified,
    /// A picture, not looked into: whether it is one is for the photo room to say.
    Picture {
        /// The file.
        bytes: Bytes,
        /// To ask with next time.
        validators: Validators,
    },
}

pub(crate) async fn fetch(
    exchange: &Exchange,
    url: &Url,
    known: Option<&Validators>,
) -> Result<PictureAnswer, Error> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused(0, "The photo has no web address."));
    }
    let answer = exchange.answer(request(url, known), may_lead).await?;
    match answer.status() {
        StatusCode::OK => {
            let validators = Validators::of(answer.0.headers());
            let bytes = exchange::read(answer.0, PICTURE_LIMIT).await?;
            if bytes.is_empty() {
                Err(Error::unreadable("an empty picture"))
            } else {
                Ok(PictureAnswer::Picture { bytes, validators })
            }
        }
        StatusCode::NOT_MODIFIED if known.is_some() => Ok(PictureAnswer::NotModified),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(Error::Missing {
            words: "The photo is not there any more.".to_owned(),
        }),
        // That server knows nothing of our sign-in: its 401 must not end it.
        StatusCode::UNAUTHORIZED => Err(refused(401, "The photo's server asks for a sign-in of its own.")),
        status if status.is_success() => Err(Error::unreadable(format!("status {status} for a picture"))),
        _ => Err(answer.refusal().await),
    }
}

/// A person waits for this one.
const CHOSEN_PATIENCE: Duration = Duration::from_secs(15);

pub(crate) async fn fetch_chosen(exchange: &Exchange, url: &Url) -> Result<Bytes, Error> {
    let own = exchange.base().origin();
    let is_allowed = |url: &Url| url.scheme() == "https" || url.origin() == own;
    if !is_allowed(url) {
        return Err(refused(
            0,
            "Only https addresses can be used, so that nobody on the way can put another picture in its place.",
        ));
    }
    let fetch = async {
        let answer = exchange
            .answer(request(url, None), |_, to| is_allowed(to))
            .await?;
        match answer.status() {
            StatusCode::OK => exchange::read(answer.0, PICTURE_LIMIT).await,
            status if status.is_redirection() => Err(refused(
                status.as_u16(),
                "This address leads to another one that is not safe (https).",
            )),
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                Err(refused(404, "There is nothing at this address."))
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(refused(
                answer.status().as_u16(),
                "This address does not give its picture to others. Save the picture, and choose the file.",
            )),
            status => Err(refused(
                status.as_u16(),
                &format!("The server there answered {status}."),
            )),
        }
    };
    let too_slow = |_| Error::Unreachable {
        sent: true,
        reason: format!("no whole picture within {} s", CHOSEN_PATIENCE.as_secs()),
    };
    tokio::time::timeout(CHOSEN_PATIENCE, fetch)
        .await
        .map_err(too_slow)?
}

fn request(url: &Url, known: Option<&Validators>) -> Request {
    let mut request = Request::new(Method::GET, url.clone());
    *request.timeout_mut() = Some(PATIENCE);
    let known = known.cloned().unwrap_or_default();
    for (name, value) in [
        (IF_NONE_MATCH, known.etag),
        (IF_MODIFIED_SINCE, known.last_modified),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            request.headers_mut().insert(name, value);
        }
    }
    request
}

/// Picture servers hand out addresses of others; only never from a safe connection to an open one.
fn may_lead(from: &Url, to: &Url) -> bool {
    to.scheme() == "https" || (to.scheme() == "http" && from.scheme() == "http")
}

fn refused(status: u16, words: &str) -> Error {
    Error::Refused {
        status,
        words: words.to_owned(),
        fields: Default::default(),
    }
}

impl Validators {
    fn of(headers: &HeaderMap) -> Self {
        let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::to_owned);
        Self {
            etag: text(ETAG),
            last_modified: text(LAST_MODIFIED),
        }
    }
}
