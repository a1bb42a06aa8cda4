//! Opening a socket: name lookup, TCP, TLS, WebSocket upgrade.
//!
//! TLS uses one crypto provider, named explicitly: a program that links two of them and leaves the choice to
//! rustls panics at run time. Certificates are judged by the platform's own verifier.
//!
//! A host's addresses are tried in an overlapping row (RFC 8305, "happy eyeballs"): on a network whose IPv6 leads
//! nowhere, trying one after the other would use up the whole attempt before IPv4 got its turn.
//!
//! Absent: time limits (the state machine owns them and drops the attempt), proxies, redirects.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime},
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use rustls::{ClientConfig, crypto::aws_lc_rs};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::{
    net::{TcpStream, lookup_host},
    task::spawn_blocking,
    time::timeout,
};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config,
    tungstenite::{
        self,
        client::IntoClientRequest,
        http::{HeaderMap, Uri},
        protocol::WebSocketConfig,
    },
};

use crate::{config::Config, error::DialError};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long one address gets before the next one is tried beside it.
const HEAD_START: Duration = Duration::from_millis(250);

/// Opens sockets to one server.
#[derive(Debug)]
pub(crate) struct Dialler {
    config: Arc<Config>,
    /// Made once: reading the platform's certificates takes a while, and sessions can be resumed.
    tls: OnceLock<Arc<ClientConfig>>,
}

impl Dialler {
    pub(crate) fn new(config: Arc<Config>) -> Self {
        Self {
            config,
            tls: OnceLock::new(),
        }
    }

    /// One attempt. The socket is boxed, since it travels in enums whose other variants are small.
    pub(crate) async fn dial(self: Arc<Self>, force_tls: bool) -> Result<Box<Socket>, DialError> {
        let url = self.config.url(force_tls).map_err(DialError::Impossible)?;
        let now = || (self.config.wall_clock)();
        let request = url
            .as_str()
            .into_client_request()
            .map_err(|error| dial_error(error, now()))?;
        let connector = match request.uri().scheme_str() {
            Some("wss") => Connector::Rustls(self.tls().await?),
            _ => Connector::Plain,
        };
        tracing::debug!(url, "dialling");
        let stream = connect(request.uri())
            .await
            .map_err(|error| DialError::Network(error.to_string()))?;
        // Nagle's delay would hold back small frames such as pongs. It is no reason to fail.
        drop(stream.set_nodelay(true));
        let limits = WebSocketConfig::default()
            // A chatty default of 128 KiB per connection is meant for servers; our messages are of a few kB.
            .read_buffer_size(16 << 10)
            .max_message_size(Some(self.config.max_frame_size))
            .max_frame_size(Some(self.config.max_frame_size));
        match client_async_tls_with_config(request, stream, Some(limits), Some(connector)).await {
            Ok((socket, _)) => Ok(Box::new(socket)),
            Err(error) => Err(dial_error(error, now())),
        }
    }

    async fn tls(&self) -> Result<Arc<ClientConfig>, DialError> {
        if let Some(tls) = self.tls.get() {
            return Ok(tls.clone());
        }
        // Reads files, or asks the system: not on this thread.
        let made = spawn_blocking(tls)
            .await
            .map_err(|error| DialError::Tls(error.to_string()))?;
        let made = made.map_err(|error| DialError::Impossible(format!("TLS cannot be set up: {error}")))?;
        Ok(self.tls.get_or_init(|| made).clone())
    }
}

fn tls() -> Result<Arc<ClientConfig>, rustls::Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(Arc::new(config))
}

async fn connect(uri: &Uri) -> io::Result<TcpStream> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let port = uri.port_u16().unwrap_or_default();
    let addresses = lookup_host((host, port)).await?;
    race(alternate(addresses), TcpStream::connect).await
}

/// Both families in turn, beginning with the one that the system prefers.
fn alternate(addresses: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut addresses = addresses.peekable();
    let v6_first = addresses.peek().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.partition(|address| address.is_ipv6() == v6_first);
    let mut mixed = Vec::with_capacity(first.len() + second.len());
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    loop {
        let pair = [first.next(), second.next()];
        if pair == [None, None] {
            return mixed;
        }
        mixed.extend(pair.into_iter().flatten());
    }
}

/// The first connection that comes about. The next address is tried when the last one has failed or has had its
/// head start.
async fn race<T, F: Future<Output = io::Result<T>>>(
    addresses: Vec<SocketAddr>,
    connect: impl Fn(SocketAddr) -> F,
) -> io::Result<T> {
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    let mut under_way = FuturesUnordered::new();
    let mut addresses = addresses.into_iter();
    loop {
        let waiting = match addresses.next() {
            Some(address) => {
                under_way.push(connect(address));
                Some(HEAD_START)
            }
            None => None,
        };
        let outcome = match waiting {
            Some(head_start) => match timeout(head_start, under_way.next()).await {
                Ok(outcome) => outcome,
                Err(_) => continue,
            },
            None => under_way.next().await,
        };
        match outcome {
            Some(Ok(connection)) => return Ok(connection),
            Some(Err(error)) => failure = error,
            None => return Err(failure),
        }
    }
}

fn dial_error(error: tungstenite::Error, now: SystemTime) -> DialError {
    match error {
        tungstenite::Error::Http(response) => DialError::Http {
            status: response.status().as_u16(),
            retry_after: retry_after(response.headers(), now),
        },
        tungstenite::Error::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => {
            DialError::Tls(error.to_string())
        }
        tungstenite::Error::Io(error) => DialError::Network(error.to_string()),
        tungstenite::Error::Tls(error) => DialError::Tls(error.to_string()),
        tungstenite::Error::Url(error) => DialError::Impossible(error.to_string()),
        other => DialError::Handshake(other.to_string()),
    }
}

/// `Retry-After` in both its forms: seconds, or a date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get("retry-after")?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 34, the reading of the header.
    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now = httpdate::parse_http_date("Sun, 22 Nov 2026 11:00:00 GMT").unwrap();
        for (value, expected) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Sun, 22 Nov 2026 11:01:30 GMT", Some(90)),
            ("Sun, 22 Nov 2026 10:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", value.parse().unwrap());
            assert_eq!(
                retry_after(&headers, now),
                expected.map(Duration::from_secs),
                "{value:?}"
            );
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn addresses_of_both_families_take_turns() {
        let system = ["[::1]:1", "[::2]:1", "[::3]:1", "10.0.0.1:1"].map(address);
        let expected = ["[::1]:1", "10.0.0.1:1", "[::2]:1", "[::3]:1"].map(address);
        assert_eq!(alternate(system.into_iter()), expected);
        assert_eq!(alternate(std::iter::empty()), []);
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_leads_nowhere_holds_the_others_up_for_a_quarter_of_a_second() {
        let addresses = ["[::1]:1", "10.0.0.1:1", "10.0.0.2:1"].map(address).to_vec();
        let began = tokio::time::Instant::now();
        let connected = race(addresses, async |to: SocketAddr| match to.to_string().as_str() {
            "[::1]:1" => std::future::pending().await,
            "10.0.0.1:1" => Err(io::Error::other("refused")),
            _ => Ok(to),
        });
        assert_eq!(connected.await.unwrap(), address("10.0.0.2:1"));
        assert_eq!(began.elapsed(), HEAD_START);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_address_may_still_win_and_the_last_failure_is_told() {
        let addresses = ["10.0.0.1:1", "10.0.0.2:1"].map(address).to_vec();
        let connected = race(addresses.clone(), async |to: SocketAddr| {
            tokio::time::sleep(HEAD_START * if to == address("10.0.0.1:1") { 4 } else { 9 }).await;
            Ok::<_, io::Error>(to)
        });
        assert_eq!(connected.await.unwrap(), address("10.0.0.1:1"));
        let refused = race(addresses, async |to: SocketAddr| {
            Err::<(), _>(io::Error::other(to.to_string()))
        });
        assert_eq!(refused.await.unwrap_err().to_string(), "10.0.0.2:1");
        let nowhere = race(Vec::new(), async |_| Ok(())).await;
        assert_eq!(nowhere.unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
