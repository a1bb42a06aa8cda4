//! Everything that a client has to tell, as one closed list.
//!
//! Absent: the queue in which events wait for their reader (`feed.rs`).

use std::time::Duration;

use crate::{
    data::Data,
    error::{Error, SubscriptionError},
    names::ChannelName,
    presence::Member,
    state::State,
};

/// Everything that a client has to tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The connection's state changed, or a wait for the next attempt began or ended.
    State(StateChange),
    /// The server confirmed a subscription: the first time and again after every reconnect. **Read the
    /// channel's truth anew now**: servers keep nothing for those who were away.
    Subscribed {
        /// The channel.
        channel: ChannelName,
    },
    /// A subscription did not come about. See [`SubscriptionError`] for which are tried again.
    SubscriptionFailed {
        /// The channel.
        channel: ChannelName,
        /// Why.
        error: SubscriptionError,
    },
    /// An event of the application. Events of the protocol itself that concern a channel and have no place of
    /// their own here come this way too, such as `pusher:cache_miss`.
    Message {
        /// The channel.
        channel: ChannelName,
        /// The event's name.
        event: String,
        /// What came with it.
        data: Data,
        /// Who sent it: for client events on presence channels.
        user_id: Option<String>,
    },
    /// Somebody came to a presence channel.
    MemberAdded {
        /// The channel.
        channel: ChannelName,
        /// Who.
        member: Member,
    },
    /// Somebody left a presence channel.
    MemberRemoved {
        /// The channel.
        channel: ChannelName,
        /// Who.
        member: Member,
    },
    /// Something went wrong; the client goes on.
    Error(Error),
    /// The reader was too slow and this many events were dropped. Treat it like a fresh subscription.
    Lagged {
        /// How many.
        missed: u64,
    },
}

/// A step of the connection's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// The state before; the same as `current` when only a wait began or ended.
    pub previous: State,
    /// The state now.
    pub current: State,
    /// When the next attempt begins, if it is being waited for.
    pub retry_in: Option<Duration>,
}

impl Event {
    /// Whether this is a turning point, which outlives messages in a full queue.
    pub(crate) fn is_turning_point(&self) -> bool {
        matches!(
            self,
            Self::State(_) | Self::Subscribed { .. } | Self::SubscriptionFailed { .. }
        )
    }

    /// What it weighs in the queue, in bytes, roughly and never too little for large ones.
    pub(crate) fn weight(&self) -> usize {
        const FIXED: usize = 128;
        FIXED
            + match self {
                Self::Message {
                    event, data, user_id, ..
                } => event.len() + data.len() + user_id.as_ref().map_or(0, String::len),
                Self::Error(Error::Server { message, .. }) => message.len(),
                Self::MemberAdded { member, .. } | Self::MemberRemoved { member, .. } => {
                    member.user_id.len() + member.user_info.to_string().len()
                }
                _ => 0,
            }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn members_weigh_what_is_said_about_them() {
        let user_info = Value::String("x".repeat(1000));
        let channel = ChannelName::parse("presence-c").unwrap();
        let member = Member::new("1".into(), user_info);
        assert!(Event::MemberAdded { channel, member }.weight() > 1000);
    }

    #[test]
    fn a_message_weighs_the_name_of_its_sender_too() {
        let message = Event::Message {
            channel: ChannelName::parse("presence-c").unwrap(),
            event: "client-e".into(),
            data: Data::default(),
            user_id: Some("x".repeat(1000)),
        };
        assert!(message.weight() > 1000);
    }
}
