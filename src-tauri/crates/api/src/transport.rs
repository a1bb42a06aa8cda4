//! How a request leaves this program.
//!
//! The one thing a transport must tell apart is a request that cannot have reached the server from one that may have: after the
//! second kind, a create must not simply be repeated. In doubt it may have.
//!
//! Absent: redirects (the exchange decides those, since only it knows whose token a request carries), retries, cookies, and any
//! way to skip the checks of TLS.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::header::CONTENT_LENGTH;
use reqwest::{Client, Request, Response};

use crate::base::is_loopback;

/// Carries one request to a server and brings the head of its answer.
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` once, follows nothing, and answers as soon as status and headers are there.
    ///
    /// A time limit set on the request holds until its body has been read.
    fn execute(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn execute(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        (**self).execute(request)
    }
}

/// No answer came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Nothing of the request can have reached the server.
    #[error("not sent: {reason}")]
    NotSent {
        /// What the network said.
        reason: String,
    },
    /// Cut or timed out after the connection stood: the server may have done what was asked.
    #[error("lost: {reason}")]
    Lost {
        /// What the network said.
        reason: String,
    },
}

/// How long to wait for a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// For a whole request and its answer, unless the request carries a limit of its own.
    pub whole: Duration,
    /// Bytes per second below which an upload counts as dead; adds to `whole` by the size of the body.
    pub slowest_upload: u64,
}

impl Default for Timeouts {
    /// 10 s, 30 s, and 32 kB/s: a photo of 10 MB has five and a half minutes on the worst of hotel lines.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            whole: Duration::from_secs(30),
            slowest_upload: 32 * 1024,
        }
    }
}

impl Timeouts {
    fn limit_for(&self, body_length: u64) -> Duration {
        self.whole + Duration::from_secs(body_length / self.slowest_upload.max(1))
    }
}

/// The real transport: TLS by rustls with the platform's trust, the proxy that the environment names, no redirects.
///
/// Fails when TLS cannot be set up, with words for the log.
pub fn reqwest_transport(timeouts: Timeouts) -> Result<impl Transport, TransportError> {
    let client = || {
        Client::builder()
            .user_agent(concat!("hotelmate-console/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeouts.connect)
            .referer(false)
    };
    let build = |builder: reqwest::ClientBuilder| builder.build().map_err(classify);
    Ok(Network {
        remote: build(client())?,
        local: build(client().no_proxy())?,
        timeouts,
    })
}

struct Network {
    remote: Client,
    // A proxy that the environment names is of no use for servers on this very computer, and would not find them.
    local: Client,
    timeouts: Timeouts,
}

impl Transport for Network {
    fn execute(&self, mut request: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        let body_length = request.headers().get(CONTENT_LENGTH);
        let body_length = body_length.and_then(|value| value.to_str().ok()?.parse().ok());
        let limit = self.timeouts.limit_for(body_length.unwrap_or(0));
        request.timeout_mut().get_or_insert(limit);
        let client = if request.url().host().is_some_and(|host| is_loopback(&host)) {
            &self.local
        } else {
            &self.remote
        };
        let answer = client.execute(request);
        async move { answer.await.map_err(classify) }.boxed()
    }
}

fn classify(error: reqwest::Error) -> TransportError {
    let not_sent = error.is_connect() || error.is_builder();
    let reason = chain(error);
    if not_sent {
        TransportError::NotSent { reason }
    } else {
        TransportError::Lost { reason }
    }
}

/// An error and its causes, without the address: that is logged beside it, and may hold more than a log should.
pub(crate) fn chain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_body_has_more_time() {
        let timeouts = Timeouts::default();
        assert_eq!(timeouts.limit_for(0), Duration::from_secs(30));
        assert_eq!(timeouts.limit_for(10 * 1024 * 1024), Duration::from_secs(350));
    }
}
