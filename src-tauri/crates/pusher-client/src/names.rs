//! Names of channels and events: parsed once at the edge, so that nothing inside checks them again.
//!
//! Limits are the protocol's: a channel has at most 164 characters of `A-Za-z0-9_-=@,.;`, an event at most 200,
//! a client event's data at most 10,240 bytes.
//!
//! Absent: end-to-end encrypted channels (`private-encrypted-…`). They need a shared secret and a cipher of
//! their own, so their name is refused rather than their data delivered unreadable.

use std::{borrow::Borrow, fmt, sync::Arc};

/// Longest name of a channel, in characters.
pub const MAX_CHANNEL_NAME: usize = 164;
/// Longest name of an event, in characters.
pub const MAX_EVENT_NAME: usize = 200;
/// Longest data of a client event, in bytes of UTF-8.
pub const MAX_DATA: usize = 10_240;

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The empty name.
    #[error("the name is empty")]
    Empty,
    /// Longer than [`MAX_CHANNEL_NAME`] or [`MAX_EVENT_NAME`].
    #[error("the name has {length} characters, over the limit of {limit}")]
    TooLong {
        /// Its length in characters.
        length: usize,
        /// The limit in force.
        limit: usize,
    },
    /// A channel's name may have letters and digits of ASCII and `_-=@,.;` only.
    #[error("the name contains {0:?}, which channels may not")]
    Character(char),
    /// An end-to-end encrypted channel, which this crate does not speak.
    #[error("encrypted channels are not supported")]
    Encrypted,
}

/// What a channel's prefix says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// Anyone with the key may listen.
    Public,
    /// `private-…`: needs an authorisation.
    Private,
    /// `presence-…`: needs one, and tells who else is there.
    Presence,
}

/// The valid name of a channel. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChannelName(Arc<str>);

impl ChannelName {
    /// Checks a name against the protocol's rules.
    ///
    /// # Errors
    ///
    /// Empty, over 164 characters, a character outside the alphabet, or an encrypted channel.
    pub fn parse(name: &str) -> Result<Self, NameError> {
        let length = name.chars().count();
        if length == 0 {
            return Err(NameError::Empty);
        }
        if length > MAX_CHANNEL_NAME {
            return Err(NameError::TooLong {
                length,
                limit: MAX_CHANNEL_NAME,
            });
        }
        let allowed = |c: &char| c.is_ascii_alphanumeric() || "_-=@,.;".contains(*c);
        if let Some(c) = name.chars().find(|c| !allowed(c)) {
            return Err(NameError::Character(c));
        }
        if name.starts_with("private-encrypted-") {
            return Err(NameError::Encrypted);
        }
        Ok(Self(name.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the prefix says.
    #[must_use]
    pub fn kind(&self) -> ChannelKind {
        if self.0.starts_with("presence-") {
            ChannelKind::Presence
        } else if self.0.starts_with("private-") {
            ChannelKind::Private
        } else {
            ChannelKind::Public
        }
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl AsRef<str> for ChannelName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for ChannelName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for ChannelName {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for ChannelName {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

/// Checks the length of an event's name.
pub(crate) fn check_event_name(name: &str) -> Result<(), NameError> {
    match name.chars().count() {
        0 => Err(NameError::Empty),
        length if length > MAX_EVENT_NAME => Err(NameError::TooLong {
            length,
            limit: MAX_EVENT_NAME,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_name_is_checked_for_length_and_alphabet() {
        let longest = "c".repeat(MAX_CHANNEL_NAME);
        let too_long = "c".repeat(MAX_CHANNEL_NAME + 1);
        for (name, expected) in [
            ("hotel-killarney", Ok(())),
            ("a_B-9=@,.;", Ok(())),
            (longest.as_str(), Ok(())),
            (
                too_long.as_str(),
                Err(NameError::TooLong {
                    length: 165,
                    limit: 164,
                }),
            ),
            ("", Err(NameError::Empty)),
            ("with space", Err(NameError::Character(' '))),
            ("#server", Err(NameError::Character('#'))),
            ("öffentlich", Err(NameError::Character('ö'))),
            ("private-encrypted-x", Err(NameError::Encrypted)),
        ] {
            assert_eq!(ChannelName::parse(name).map(drop), expected, "{name:?}");
        }
    }

    #[test]
    fn the_prefix_tells_the_kind_of_channel() {
        for (name, kind) in [
            ("hotel", ChannelKind::Public),
            ("private", ChannelKind::Public),
            ("cache-hotel", ChannelKind::Public),
            ("private-hotel", ChannelKind::Private),
            ("private-cache-hotel", ChannelKind::Private),
            ("presence-hotel", ChannelKind::Presence),
            ("presence-cache-hotel", ChannelKind::Presence),
        ] {
            assert_eq!(ChannelName::parse(name).unwrap().kind(), kind, "{name:?}");
        }
    }

    #[test]
    fn an_event_name_has_at_most_200_characters_counted_as_characters() {
        assert_eq!(check_event_name(&"ü".repeat(200)), Ok(()));
        assert_eq!(
            check_event_name(&"e".repeat(201)),
            Err(NameError::TooLong {
                length: 201,
                limit: 200
            })
        );
        assert_eq!(check_event_name(""), Err(NameError::Empty));
    }
}
