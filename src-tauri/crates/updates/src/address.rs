//! An address that nobody on the way can change: `https`, or on this very computer.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// Longer ones are no addresses that a person would give.
const LONGEST: usize = 2_000;

/// A web address that may be read, or opened in a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(Url);

/// Why an address is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Not an address at all.
    #[error("this is no web address")]
    NoAddress,
    /// Anybody on the way could put another version in its place.
    #[error("the address must begin with https://, or lead to this computer")]
    NotSecret,
    /// It would be logged, and shown.
    #[error("the address must not hold a user or a password")]
    HoldsPassword,
}

impl Address {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        if text.len() > LONGEST {
            return Err(BadAddress::NoAddress);
        }
        let url = Url::parse(text.trim()).map_err(|_| BadAddress::NoAddress)?;
        let is_here = || url.host().is_some_and(|host| api::is_loopback(&host));
        match url.scheme() {
            "https" => {}
            "http" if is_here() => {}
            _ => return Err(BadAddress::NotSecret),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadAddress::HoldsPassword);
        }
        Ok(Self(url))
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Address {
    type Error = BadAddress;

    fn try_from(text: String) -> Result<Self, BadAddress> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_that_nobody_on_the_way_can_change_is_used() {
        for (text, expected) in [
            ("https://it.hotel.example/console.json", None),
            (" https://it.hotel.example:8443/console.json?site=1 ", None),
            ("http://127.0.0.1:8000/console.json", None),
            ("http://[::1]/console.json", None),
            ("http://localhost/console.json", None),
            (
                "http://it.hotel.example/console.json",
                Some(BadAddress::NotSecret),
            ),
            ("http://127.0.0.1.hotel.example/", Some(BadAddress::NotSecret)),
            ("file:///etc/passwd", Some(BadAddress::NotSecret)),
            ("javascript:alert(1)", Some(BadAddress::NotSecret)),
            ("--help", Some(BadAddress::NoAddress)),
            ("", Some(BadAddress::NoAddress)),
            (
                "https://me:secret@hotel.example/",
                Some(BadAddress::HoldsPassword),
            ),
        ] {
            assert_eq!(Address::parse(text).err(), expected, "{text}");
        }
        let long = format!("https://hotel.example/{}", "a".repeat(LONGEST));
        assert_eq!(Address::parse(&long), Err(BadAddress::NoAddress));
    }
}
