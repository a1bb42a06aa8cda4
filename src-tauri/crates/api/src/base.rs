//! The address of a hotel's API, such as `https://hotel.example/api`.
//!
//! Parsed once, where a person types it or the environment gives it; whoever holds an [`ApiBase`] checks nothing again.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Where the API is: `http` or `https`, no credentials, query or fragment. Two spellings of the slash at its end are one base.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ApiBase(Url);

/// Why a text cannot be the address of an API, in words for whoever typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBase {
    /// Not a URL with a host.
    #[error("This is not a web address. It should look like https://hotel.example/api.")]
    NotAnAddress,
    /// Neither `http` nor `https`.
    #[error("The address has to start with https:// (or http://).")]
    Scheme,
    /// `https://user:password@…`: would end up in logs and settings.
    #[error("The address must not hold a user name or a password.")]
    Credentials,
    /// Something after `?` or `#`.
    #[error("The address must not hold a “?” or a “#”.")]
    Extras,
}

impl ApiBase {
    /// Reads an address as a person would type it.
    pub fn parse(text: &str) -> Result<Self, BadBase> {
        let mut url = Url::parse(text.trim()).map_err(|_| BadBase::NotAnAddress)?;
        // `localhost:8000/api` parses too, with a scheme called `localhost`.
        if !matches!(url.scheme(), "http" | "https") {
            return Err(BadBase::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadBase::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BadBase::Extras);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// Whether the server is on this computer.
    pub fn is_loopback(&self) -> bool {
        self.0.host().is_some_and(|host| is_loopback(&host))
    }

    /// Whether everything sent can be read on the way.
    pub fn is_plain_http(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> url::Origin {
        self.0.origin()
    }

    /// An address below the base, always with a slash at its end: without it Django answers a redirect or an error.
    pub(crate) fn below(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments).push("");
        }
        url
    }
}

/// Whether a host is this computer, as far as its name tells: no name is looked up.
pub fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref() == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

impl fmt::Display for ApiBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl FromStr for ApiBase {
    type Err = BadBase;

    fn from_str(text: &str) -> Result<Self, BadBase> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ApiBase {
    type Error = BadBase;

    fn try_from(text: String) -> Result<Self, BadBase> {
        Self::parse(&text)
    }
}

impl From<ApiBase> for String {
    fn from(base: ApiBase) -> Self {
        base.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one_base() {
        for (typed, shown) in [
            ("https://hotel.example/api", "https://hotel.example/api"),
            (" https://Hotel.example/api// \n", "https://hotel.example/api"),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
            ("https://hotel.example:443/a/b/", "https://hotel.example/a/b"),
        ] {
            let base = ApiBase::parse(typed).unwrap();
            assert_eq!(base.to_string(), shown, "{typed:?}");
            assert_eq!(ApiBase::parse(shown).unwrap(), base);
        }
    }

    #[test]
    fn what_cannot_be_an_api_is_refused_with_its_reason() {
        for (typed, reason) in [
            ("", BadBase::NotAnAddress),
            ("hotel.example/api", BadBase::NotAnAddress),
            ("https://", BadBase::NotAnAddress),
            ("localhost:8000/api", BadBase::Scheme),
            ("ftp://hotel.example/api", BadBase::Scheme),
            ("file:///etc/passwd", BadBase::Scheme),
            ("https://desk:secret@hotel.example/api", BadBase::Credentials),
            ("https://desk@hotel.example/api", BadBase::Credentials),
            ("https://hotel.example/api?x=1", BadBase::Extras),
            ("https://hotel.example/api#offers", BadBase::Extras),
        ] {
            assert_eq!(ApiBase::parse(typed), Err(reason), "{typed:?}");
        }
    }

    #[test]
    fn only_this_computer_is_loopback() {
        for (typed, loopback) in [
            ("http://localhost:8000/api", true),
            ("http://127.8.0.1/api", true),
            ("http://[::1]:80/api", true),
            ("http://localhost.hotel.example/api", false),
            ("http://192.168.0.9/api", false),
        ] {
            assert_eq!(ApiBase::parse(typed).unwrap().is_loopback(), loopback, "{typed}");
        }
    }

    #[test]
    fn addresses_below_the_base_end_in_a_slash_and_cannot_leave_it() {
        let below = |base: &str| {
            ApiBase::parse(base)
                .unwrap()
                .below(&["staff", "a/../b", "7"])
                .to_string()
        };
        assert_eq!(
            below("https://hotel.example/api/"),
            "https://hotel.example/api/staff/a%2F..%2Fb/7/"
        );
        assert_eq!(
            below("http://127.0.0.1:1"),
            "http://127.0.0.1:1/staff/a%2F..%2Fb/7/"
        );
    }
}
