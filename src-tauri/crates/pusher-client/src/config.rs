//! Where to connect, and every limit and wait, with the protocol's defaults.
//!
//! Nothing here is validated until the first attempt to connect: an address that cannot work makes the state
//! [`Failed`](crate::State::Failed), with the reason on the stream, so that there is one place to look.
//!
//! Absent: proxies, and switching certificate checks off.

use std::{fmt, sync::Arc, time::Duration, time::SystemTime};

use url::{Host, form_urlencoded::byte_serialize};

use crate::auth::Authorizer;

/// Which server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// Pusher's own, by the name of a cluster such as `eu` or `mt1`: `ws-{cluster}.pusher.com`.
    Cluster(String),
    /// A server that speaks the same protocol.
    Host {
        /// A name or an IP address (IPv6 with or without brackets).
        host: String,
        /// 443 with TLS and 80 without, unless given.
        port: Option<u16>,
    },
}

/// Every wait. The defaults are the protocol's where it names one; more than a year counts as a year.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timings {
    /// Silence after which we ping, unless the server asks for less (120 s).
    pub activity: Duration,
    /// How long a ping may stay without an answer before the connection counts as dead (30 s).
    pub pong: Duration,
    /// The same for a ping sent to find out whether the connection survived a sleep (5 s).
    pub check: Duration,
    /// Time without a connection after which the state becomes `Unavailable` (10 s).
    pub unavailable: Duration,
    /// Longest attempt to connect, from the DNS lookup to the server's greeting (10 s).
    pub dial: Duration,
    /// How long a subscription may take, its authorisation and the server's answer each (10 s).
    pub subscribe: Duration,
    /// The first ceiling of the backoff, and the least wait after a close code of 4100 to 4199 (1 s).
    pub backoff_base: Duration,
    /// The last ceiling of the backoff (30 s).
    pub backoff_cap: Duration,
    /// How long a connection must have lived to be called good, so that its loss is not one more failure in a
    /// row (10 s).
    pub stable: Duration,
    /// How often to compare the clocks in order to notice sleep (5 s).
    pub sleep_look: Duration,
    /// How far they may disagree (10 s).
    pub sleep_tolerance: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            activity: Duration::from_secs(120),
            pong: Duration::from_secs(30),
            check: Duration::from_secs(5),
            unavailable: Duration::from_secs(10),
            dial: Duration::from_secs(10),
            subscribe: Duration::from_secs(10),
            backoff_base: Duration::from_secs(1),
            backoff_cap: Duration::from_secs(30),
            stable: Duration::from_secs(10),
            sleep_look: Duration::from_secs(5),
            sleep_tolerance: Duration::from_secs(10),
        }
    }
}

impl Timings {
    /// The same, with every wait at most a year, so that no sum of a moment and a wait can overflow. "Never" is
    /// thus said with `Duration::MAX`.
    pub(crate) fn bounded(&self) -> Self {
        let year = |wait: Duration| wait.min(Duration::from_secs(365 * 24 * 3600));
        Self {
            activity: year(self.activity),
            pong: year(self.pong),
            check: year(self.check),
            unavailable: year(self.unavailable),
            dial: year(self.dial),
            subscribe: year(self.subscribe),
            backoff_base: year(self.backoff_base),
            backoff_cap: year(self.backoff_cap),
            stable: year(self.stable),
            sleep_look: year(self.sleep_look),
            sleep_tolerance: year(self.sleep_tolerance),
        }
    }
}

/// The wall clock, injectable for tests. Used for noticing sleep and for dates in `Retry-After`; all waits run
/// on tokio's clock.
pub type WallClock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// How to connect. Start from [`Config::new`] and change what differs.
#[derive(Clone)]
#[non_exhaustive]
pub struct Config {
    /// The application's public key.
    pub key: String,
    /// Which server.
    pub endpoint: Endpoint,
    /// Whether to use TLS; on unless switched off. A server may still demand it with close code 4000.
    pub tls: bool,
    /// What stands before `/app/{key}`, for servers behind a reverse proxy; empty by default.
    pub path_prefix: String,
    /// How we introduce ourselves: name and version.
    pub client: (String, String),
    /// Every wait.
    pub timings: Timings,
    /// Longest message that is accepted, in bytes (1 MiB). A longer one is dropped and reported.
    pub max_message_size: usize,
    /// Beyond this a message is not even read to its end: the connection is dropped and dialled again (16 MiB).
    pub max_frame_size: usize,
    /// How many messages may wait for a slow reader (1024) before the oldest are dropped.
    pub event_buffer: usize,
    /// How many bytes of names and data they may hold together (16 MiB).
    pub event_buffer_bytes: usize,
    /// Who authorises private and presence channels.
    pub authorizer: Option<Arc<dyn Authorizer>>,
    /// Makes the jitter repeatable, for tests. `None` draws a seed from the system.
    pub seed: Option<u64>,
    /// The wall clock; the system's unless replaced.
    pub wall_clock: WallClock,
}

impl Config {
    /// The defaults for an application key and a server.
    #[must_use]
    pub fn new(key: impl Into<String>, endpoint: Endpoint) -> Self {
        Self {
            key: key.into(),
            endpoint,
            tls: true,
            path_prefix: String::new(),
            client: (
                env!("CARGO_PKG_NAME").to_owned(),
                env!("CARGO_PKG_VERSION").to_owned(),
            ),
            timings: Timings::default(),
            max_message_size: 1 << 20,
            max_frame_size: 16 << 20,
            event_buffer: 1024,
            event_buffer_bytes: 16 << 20,
            authorizer: None,
            seed: None,
            wall_clock: Arc::new(SystemTime::now),
        }
    }

    /// The address to dial, e.g. `wss://ws-mt1.pusher.com:443/app/KEY?protocol=7&client=NAME&version=V`.
    ///
    /// `force_tls` is set once the server has demanded TLS.
    pub(crate) fn url(&self, force_tls: bool) -> Result<String, String> {
        let (scheme, default_port) = if self.tls || force_tls {
            ("wss", 443)
        } else {
            ("ws", 80)
        };
        let (host, port) = match &self.endpoint {
            Endpoint::Cluster(cluster) => (format!("ws-{cluster}.pusher.com"), None),
            Endpoint::Host { host, port } => (host.clone(), *port),
        };
        let host = if host.contains(':') && !host.starts_with('[') {
            format!("[{host}]")
        } else {
            host
        };
        let host = Host::parse(&host).map_err(|error| format!("{host:?} is not a host: {error}"))?;
        let port = port.unwrap_or(default_port);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        if self.key.is_empty() || !self.key.chars().all(plain) {
            return Err(format!("{:?} is not an application key", self.key));
        }
        if !self.path_prefix.chars().all(|c| plain(c) || c == '/') {
            return Err(format!("{:?} is not a path", self.path_prefix));
        }
        let prefix = match self.path_prefix.trim_matches('/') {
            "" => String::new(),
            prefix => format!("/{prefix}"),
        };
        let name: String = byte_serialize(self.client.0.as_bytes()).collect();
        let version: String = byte_serialize(self.client.1.as_bytes()).collect();
        let key = &self.key;
        Ok(format!(
            "{scheme}://{host}:{port}{prefix}/app/{key}?protocol=7&client={name}&version={version}"
        ))
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("key", &self.key)
            .field("endpoint", &self.endpoint)
            .field("tls", &self.tls)
            .field("timings", &self.timings)
            .field("authorizer", &self.authorizer.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(host: &str, port: Option<u16>) -> Config {
        let mut config = Config::new(
            "K",
            Endpoint::Host {
                host: host.into(),
                port,
            },
        );
        config.client = ("me".into(), "1.0".into());
        config
    }

    /// Row 1.
    #[test]
    fn a_cluster_is_dialled_over_tls_at_pushers_own_host() {
        let mut config = Config::new("K", Endpoint::Cluster("mt1".into()));
        config.client = ("my app".into(), "1.0".into());
        assert_eq!(
            config.url(false).unwrap(),
            "wss://ws-mt1.pusher.com:443/app/K?protocol=7&client=my+app&version=1.0"
        );
    }

    /// Row 2.
    #[test]
    fn without_tls_the_port_is_80_and_host_and_port_are_used_as_given() {
        let query = "?protocol=7&client=me&version=1.0";
        for (host, port, tls, expected) in [
            ("hub.example", None, false, "ws://hub.example:80/app/K"),
            ("hub.example", None, true, "wss://hub.example:443/app/K"),
            ("127.0.0.1", Some(6001), false, "ws://127.0.0.1:6001/app/K"),
            ("::1", Some(6001), true, "wss://[::1]:6001/app/K"),
            ("[::1]", None, false, "ws://[::1]:80/app/K"),
        ] {
            let mut config = at(host, port);
            config.tls = tls;
            assert_eq!(
                config.url(false).unwrap(),
                format!("{expected}{query}"),
                "{host} {port:?} {tls}"
            );
        }
        let mut config = Config::new("K", Endpoint::Cluster("eu".into()));
        config.tls = false;
        assert!(
            config
                .url(false)
                .unwrap()
                .starts_with("ws://ws-eu.pusher.com:80/app/K?"),
            "plain cluster"
        );
    }

    #[test]
    fn a_path_prefix_stands_before_app() {
        for prefix in ["ws", "/ws", "/ws/"] {
            let mut config = at("h", Some(1));
            config.path_prefix = prefix.into();
            assert!(
                config.url(false).unwrap().starts_with("wss://h:1/ws/app/K?"),
                "{prefix:?}"
            );
        }
    }

    #[test]
    fn a_demand_for_tls_overrides_plain() {
        let mut config = at("h", None);
        config.tls = false;
        assert!(
            config.url(true).unwrap().starts_with("wss://h:443/"),
            "close code 4000 was honoured"
        );
    }

    #[test]
    fn an_address_that_cannot_work_is_refused_in_words() {
        for (config, word) in [
            (Config::new("", Endpoint::Cluster("eu".into())), "key"),
            (Config::new("a/../b", Endpoint::Cluster("eu".into())), "key"),
            (Config::new("K", Endpoint::Cluster("eu/x?y".into())), "host"),
            (at("", None), "host"),
            (at("user@host", None), "host"),
        ] {
            let error = config.url(false).unwrap_err();
            assert!(error.contains(word), "{error:?} should speak of the {word}");
        }
    }
}
