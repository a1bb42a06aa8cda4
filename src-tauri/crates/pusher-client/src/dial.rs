//! Opening a socket: name lookup, TCP, TLS, WebSocket upgrade.
//!
//! TLS uses one crypto provider, named explicitly: a program that links two of them and leaves the choice to
//! rustls panics at run time. Certificates are judged by the platform's own verifier.
//!
//! Absent: time limits (the state machine owns them and drops the attempt), proxies, redirects.

use std::{sync::Arc, time::Duration, time::SystemTime};

use rustls::{ClientConfig, crypto::aws_lc_rs};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{self, http::HeaderMap, protocol::WebSocketConfig},
};

use crate::{config::Config, error::DialError};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// One attempt. The socket is boxed, since it travels in enums whose other variants are small.
pub(crate) async fn dial(config: Arc<Config>, force_tls: bool) -> Result<Box<Socket>, DialError> {
    let url = config.url(force_tls).map_err(DialError::Impossible)?;
    let connector = if url.starts_with("wss:") {
        Connector::Rustls(tls()?)
    } else {
        Connector::Plain
    };
    tracing::debug!(url, "dialling");
    let limits = WebSocketConfig::default()
        // A chatty default of 128 KiB per connection is meant for servers; our messages are of a few kB.
        .read_buffer_size(16 << 10)
        .max_message_size(Some(config.max_frame_size))
        .max_frame_size(Some(config.max_frame_size));
    // Nagle's delay would hold back small frames such as pongs.
    let no_delay = true;
    match connect_async_tls_with_config(url, Some(limits), no_delay, Some(connector)).await {
        Ok((socket, _)) => Ok(Box::new(socket)),
        Err(error) => Err(dial_error(error, (config.wall_clock)())),
    }
}

fn tls() -> Result<Arc<ClientConfig>, DialError> {
    let impossible = |error: rustls::Error| DialError::Impossible(format!("TLS cannot be set up: {error}"));
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(impossible)?
        .with_platform_verifier()
        .map_err(impossible)?
        .with_no_client_auth();
    Ok(Arc::new(config))
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
}
