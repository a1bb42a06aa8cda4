//! One request and its answer: same-origin redirects, bounded bodies, the log.
//!
//! The log line of a request holds its method, path, status and time, never a query, a header or a body.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::{Bytes, BytesMut};
use reqwest::header::LOCATION;
use reqwest::{Method, Request, Response, StatusCode};
use serde_json::Value;
use url::Url;

use crate::base::ApiBase;
use crate::error::Error;
use crate::refusal;
use crate::transport::{Transport, chain};

/// The largest answer that is read. A page of ten offers with pictures written into their HTML stays far below.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// Words that explain a failure fit in this; what is longer is a page for browsers.
const REFUSAL_LIMIT: usize = 256 * 1024;

/// A server that sends nothing for this long, in the middle of a body, has gone.
const STALL: Duration = Duration::from_secs(15);

/// Redirects followed for one request.
const REDIRECTS: usize = 5;

/// A server and the way to it.
#[derive(Clone)]
pub(crate) struct Exchange {
    base: Arc<ApiBase>,
    transport: Arc<dyn Transport>,
}

impl Exchange {
    pub(crate) fn new(base: ApiBase, transport: Arc<dyn Transport>) -> Self {
        Self {
            base: Arc::new(base),
            transport,
        }
    }

    pub(crate) fn base(&self) -> &ApiBase {
        &self.base
    }

    /// Sends `request` and reads the JSON that success carries.
    pub(crate) async fn json(&self, request: Request) -> Result<Value, Error> {
        self.json_within(request, &mut { BODY_LIMIT }).await
    }

    /// The same as one of several that may be `room` bytes together; what this one takes is taken off.
    pub(crate) async fn json_within(&self, request: Request, room: &mut usize) -> Result<Value, Error> {
        let body = self.success(request, BODY_LIMIT.min(*room)).await?;
        *room -= body.len();
        serde_json::from_slice(&body).map_err(Error::unreadable)
    }

    /// Sends `request` where success says everything. A body is not needed, but a page for browsers is no success: it is what a
    /// hotel's guest network answers to everybody who has not clicked its button yet.
    pub(crate) async fn done(&self, request: Request) -> Result<(), Error> {
        let body = self.success(request, BODY_LIMIT).await?;
        if body.is_empty() || serde_json::from_slice::<Value>(&body).is_ok() {
            Ok(())
        } else {
            Err(Error::unreadable("success with a body that is not JSON"))
        }
    }

    async fn success(&self, request: Request, limit: usize) -> Result<Bytes, Error> {
        let answer = self.answer(request, same_origin).await?;
        if answer.status().is_success() {
            read(answer.0, limit).await
        } else {
            Err(answer.refusal().await)
        }
    }

    /// Sends `request` and, when it is a GET, follows the redirects that `may_lead` (from, to) allows. Any other redirect is the
    /// answer.
    pub(crate) async fn answer(
        &self,
        mut request: Request,
        may_lead: impl Fn(&Url, &Url) -> bool,
    ) -> Result<Answer, Error> {
        for _ in 0..REDIRECTS {
            let again = (request.method() == Method::GET)
                .then(|| request.try_clone())
                .flatten();
            let from = request.url().clone();
            let response = self.once(request).await?;
            let target = redirect_target(&from, &response).filter(|to| may_lead(&from, to));
            let (Some(mut again), Some(to)) = (again, target) else {
                return Ok(Answer(response, from));
            };
            *again.url_mut() = to;
            request = again;
        }
        Err(Error::Refused {
            status: StatusCode::LOOP_DETECTED.as_u16(),
            words: "The server keeps pointing to other addresses.".to_owned(),
            fields: Default::default(),
        })
    }

    async fn once(&self, request: Request) -> Result<Response, Error> {
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let begun = Instant::now();
        let outcome = self.transport.execute(request).await;
        let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &outcome {
            Ok(response) => {
                tracing::info!(target: "hotelmate::api", %method, path, status = response.status().as_u16(), ms);
            }
            Err(error) => tracing::warn!(target: "hotelmate::api", %method, path, %error, ms),
        }
        Ok(outcome?)
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Exchange").field(&self.base.to_string()).finish()
    }
}

/// The head of an answer, and the address it came from.
pub(crate) struct Answer(pub(crate) Response, Url);

impl Answer {
    pub(crate) fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// What an answer other than success says. Its body may fail or be too long: the status alone says enough.
    pub(crate) async fn refusal(self) -> Error {
        let (status, headers) = (self.0.status(), self.0.headers().clone());
        let leads_to = redirect_target(&self.1, &self.0);
        let body = read(self.0, REFUSAL_LIMIT).await.unwrap_or_default();
        match leads_to {
            Some(to) => refusal::redirected(status, &to),
            None => refusal::refusal(status, &headers, &body, SystemTime::now()),
        }
    }
}

/// Whether two addresses have scheme, host and port in common.
fn same_origin(from: &Url, to: &Url) -> bool {
    from.origin() == to.origin()
}

fn redirect_target(from: &Url, response: &Response) -> Option<Url> {
    if !response.status().is_redirection() {
        return None;
    }
    let location = response.headers().get(LOCATION)?;
    from.join(std::str::from_utf8(location.as_bytes()).ok()?).ok()
}

/// Reads a body of at most `limit` bytes, counted after decompression.
pub(crate) async fn read(mut response: Response, limit: usize) -> Result<Bytes, Error> {
    let too_large = || Error::unreadable(format!("more than {limit} bytes"));
    if response
        .content_length()
        .is_some_and(|length| length > limit as u64)
    {
        return Err(too_large());
    }
    let mut body = BytesMut::new();
    loop {
        let chunk = tokio::time::timeout(STALL, response.chunk())
            .await
            .map_err(|_| Error::Unreachable {
                sent: true,
                reason: format!(
                    "nothing came for {} s in the middle of the answer",
                    STALL.as_secs()
                ),
            })?;
        match chunk {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => return Err(too_large()),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body.freeze()),
            Err(error) if is_garbled(&error) => return Err(Error::unreadable(chain(error))),
            Err(error) => {
                return Err(Error::Unreachable {
                    sent: true,
                    reason: chain(error),
                });
            }
        }
    }
}

/// Whether a body came and cannot be decompressed. reqwest calls that and a cut connection by one name.
fn is_garbled(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(
            kind,
            Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
        ) {
            return true;
        }
        cause = error.source();
    }
    false
}
