//! Who is on a presence channel.
//!
//! Absent: memory across connections. After a reconnect the list starts empty and is filled by the server.

use std::collections::BTreeMap;

use serde_json::Value;

/// Somebody on a presence channel. One user with several connections is one member.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The user's id, as text even where a server sends a number.
    pub user_id: String,
    /// Whatever the application's auth endpoint says about the user; null when it says nothing.
    pub user_info: Value,
}

impl Member {
    pub(crate) fn new(user_id: String, user_info: Value) -> Self {
        Self { user_id, user_info }
    }
}

/// The members of a presence channel at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Members {
    me: Option<String>,
    here: BTreeMap<String, Value>,
}

impl Members {
    pub(crate) fn new(me: Option<String>, members: Vec<Member>) -> Self {
        Self {
            me,
            here: members.into_iter().map(|m| (m.user_id, m.user_info)).collect(),
        }
    }

    /// Whether the member is new; a known one gets the newer information.
    pub(crate) fn add(&mut self, member: Member) -> bool {
        self.here.insert(member.user_id, member.user_info).is_none()
    }

    /// The member who left, if we knew them.
    pub(crate) fn remove(&mut self, user_id: &str) -> Option<Member> {
        self.here
            .remove_entry(user_id)
            .map(|(user_id, user_info)| Member { user_id, user_info })
    }

    /// Everybody, ourselves included, by user id.
    pub fn iter(&self) -> impl Iterator<Item = Member> {
        self.here.iter().map(|(id, info)| Member {
            user_id: id.clone(),
            user_info: info.clone(),
        })
    }

    /// What is known about a user, if they are here.
    #[must_use]
    pub fn get(&self, user_id: &str) -> Option<&Value> {
        self.here.get(user_id)
    }

    /// Our own user id, as the auth endpoint gave it.
    #[must_use]
    pub fn me(&self) -> Option<&str> {
        self.me.as_deref()
    }

    /// How many there are, ourselves included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.here.len()
    }

    /// Whether nobody is known: not subscribed (yet), or not a presence channel.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.here.is_empty()
    }
}
