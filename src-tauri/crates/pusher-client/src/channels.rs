//! Subscriptions as pure state: what is wanted, how far each has come, who is there.
//!
//! A subscription is wanted from `subscribe` to `unsubscribe` and outlives connections. On every connection it
//! runs through: authorising (private and presence only) → pending → subscribed; or it rests before another
//! attempt, or was refused. Unsubscribing while pending waits for the server's answer, since servers differ on
//! what an early `unsubscribe` means; subscribing again until then just cancels that.
//!
//! Timers: one deadline per authorisation, per pending answer, per rest before another attempt.
//!
//! Absent: the socket, the authorizer, the clock. The caller carries out the [`Action`]s.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use serde_json::value::RawValue;
use tokio::time::Instant;

use crate::{
    auth::{AuthRequest, Authorization},
    backoff::Backoff,
    error::{AuthError, SubscriptionError, TriggerError},
    event::Event,
    names::{ChannelKind, ChannelName},
    presence::Members,
    protocol::{self, ChannelFrame, ChannelNews},
};

/// Client events per second and connection that servers accept.
const CLIENT_EVENTS_PER_SECOND: usize = 10;

/// What the caller is to do, in this order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action {
    Send(String),
    /// Ask the authorizer, and bring the answer with this ticket.
    Authorize {
        ticket: u64,
        request: AuthRequest,
    },
    Report(Event),
    /// The members of a presence channel changed; show the new list before reporting anything else.
    Members {
        channel: ChannelName,
        members: Members,
    },
}

#[derive(Debug, PartialEq)]
enum Phase {
    /// No connection.
    Offline,
    Authorizing {
        ticket: u64,
        deadline: Instant,
    },
    Pending {
        deadline: Instant,
    },
    Subscribed,
    /// Failed for now.
    Resting {
        until: Instant,
    },
    /// Failed until the next connection or the next call of subscribe.
    Refused,
}

#[derive(Debug)]
struct Subscription {
    phase: Phase,
    /// Unsubscribed while pending: to be undone once the server has answered.
    cancelled: bool,
    failures: u32,
    members: Members,
    me: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Channels {
    socket_id: Option<String>,
    wanted: BTreeMap<ChannelName, Subscription>,
    next_ticket: u64,
    backoff: Backoff,
    timeout: Duration,
    /// When the latest client events went.
    sent: VecDeque<Instant>,
}

impl Channels {
    pub(crate) fn new(timeout: Duration, backoff: Backoff) -> Self {
        Self {
            socket_id: None,
            wanted: BTreeMap::new(),
            next_ticket: 0,
            backoff,
            timeout,
            sent: VecDeque::new(),
        }
    }

    /// When to call [`tick`](Self::tick). `None` when no timer runs.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let deadlines = self
            .wanted
            .values()
            .filter_map(|subscription| match subscription.phase {
                Phase::Authorizing { deadline, .. } | Phase::Pending { deadline } => Some(deadline),
                Phase::Resting { until } => Some(until),
                Phase::Offline | Phase::Subscribed | Phase::Refused => None,
            });
        deadlines.min()
    }

    /// How many channels shall be subscribed to.
    pub(crate) fn wanted(&self) -> usize {
        self.wanted.len()
    }

    pub(crate) fn subscribe(&mut self, channel: ChannelName, now: Instant) -> Vec<Action> {
        let subscription = self
            .wanted
            .entry(channel.clone())
            .or_insert_with(|| Subscription {
                phase: Phase::Offline,
                cancelled: false,
                failures: 0,
                members: Members::default(),
                me: None,
            });
        subscription.cancelled = false;
        let mut actions = Vec::new();
        match subscription.phase {
            Phase::Offline | Phase::Resting { .. } | Phase::Refused => {
                self.start(&channel, now, &mut actions);
            }
            Phase::Authorizing { .. } | Phase::Pending { .. } | Phase::Subscribed => {}
        }
        actions
    }

    pub(crate) fn unsubscribe(&mut self, channel: &ChannelName) -> Vec<Action> {
        let Some(subscription) = self.wanted.get_mut(channel) else {
            return Vec::new();
        };
        if let Phase::Pending { .. } = subscription.phase {
            subscription.cancelled = true;
            return Vec::new();
        }
        let mut actions = Vec::new();
        // A resting subscription may be known to the server, whose answer was late or lost.
        if matches!(subscription.phase, Phase::Subscribed | Phase::Resting { .. }) {
            actions.push(Action::Send(protocol::unsubscribe(channel.as_str())));
        }
        self.forget(channel, &mut actions);
        actions
    }

    /// There is a connection: everything wanted is subscribed to.
    pub(crate) fn joined(&mut self, socket_id: String, now: Instant) -> Vec<Action> {
        self.socket_id = Some(socket_id);
        let mut actions = Vec::new();
        let channels: Vec<ChannelName> = self.wanted.keys().cloned().collect();
        for channel in &channels {
            self.start(channel, now, &mut actions);
        }
        actions
    }

    /// The connection is gone, and every subscription with it.
    pub(crate) fn left(&mut self) -> Vec<Action> {
        self.socket_id = None;
        self.sent.clear();
        self.wanted.retain(|_, subscription| !subscription.cancelled);
        let mut actions = Vec::new();
        for (channel, subscription) in &mut self.wanted {
            subscription.phase = Phase::Offline;
            subscription.failures = 0;
            if !subscription.members.is_empty() {
                subscription.members = Members::default();
                actions.push(members_changed(channel, subscription));
            }
        }
        actions
    }

    /// The authorizer answered. An answer to a question that nobody asks any more is ignored.
    pub(crate) fn authorized(
        &mut self,
        ticket: u64,
        answer: Result<Authorization, AuthError>,
        now: Instant,
    ) -> Vec<Action> {
        let asked = self.wanted.iter_mut().find(|(_, subscription)| {
            matches!(subscription.phase, Phase::Authorizing { ticket: waiting, .. } if waiting == ticket)
        });
        let Some((channel, subscription)) = asked else {
            return Vec::new();
        };
        let channel = channel.clone();
        let mut actions = Vec::new();
        match answer {
            Ok(authorization) => {
                subscription.me = authorization.channel_data.as_deref().and_then(own_id);
                subscription.phase = Phase::Pending {
                    deadline: now + self.timeout,
                };
                let frame = protocol::subscribe(channel.as_str(), Some(&authorization));
                actions.push(Action::Send(frame));
            }
            Err(error) => {
                let again = matches!(error, AuthError::Unreachable(_));
                self.fail(&channel, SubscriptionError::Auth(error), again, now, &mut actions);
            }
        }
        actions
    }

    pub(crate) fn tick(&mut self, now: Instant) -> Vec<Action> {
        let mut actions = Vec::new();
        let channels: Vec<ChannelName> = self.wanted.keys().cloned().collect();
        for channel in &channels {
            let Some(subscription) = self.wanted.get(channel) else {
                continue;
            };
            match subscription.phase {
                Phase::Pending { deadline } if now >= deadline && subscription.cancelled => {
                    actions.push(Action::Send(protocol::unsubscribe(channel.as_str())));
                    self.forget(channel, &mut actions);
                }
                Phase::Pending { deadline } if now >= deadline => {
                    // If only the answer was lost, the server holds us subscribed and would refuse a second
                    // request for ever; so undo the first one.
                    actions.push(Action::Send(protocol::unsubscribe(channel.as_str())));
                    let error = SubscriptionError::Timeout { waited: self.timeout };
                    self.fail(channel, error, true, now, &mut actions);
                }
                Phase::Authorizing { deadline, .. } if now >= deadline => {
                    let error = SubscriptionError::Timeout { waited: self.timeout };
                    self.fail(channel, error, true, now, &mut actions);
                }
                Phase::Resting { until } if now >= until => self.start(channel, now, &mut actions),
                _ => {}
            }
        }
        actions
    }

    /// A frame on a channel. For channels that nobody wants it is dropped.
    pub(crate) fn deliver(&mut self, frame: ChannelFrame, now: Instant) -> Vec<Action> {
        let mut actions = Vec::new();
        let Some((channel, subscription)) = self.wanted.get_key_value(frame.channel.as_str()) else {
            return actions;
        };
        let channel = channel.clone();
        if subscription.cancelled {
            match frame.news {
                ChannelNews::Succeeded { .. } => {
                    actions.push(Action::Send(protocol::unsubscribe(channel.as_str())));
                    self.forget(&channel, &mut actions);
                }
                ChannelNews::Refused { .. } => self.forget(&channel, &mut actions),
                _ => {}
            }
            return actions;
        }
        if let ChannelNews::Refused { status, message } = frame.news {
            let error = SubscriptionError::Refused { status, message };
            self.fail(&channel, error, false, now, &mut actions);
            return actions;
        }
        let Some(subscription) = self.wanted.get_mut(&channel) else {
            return actions;
        };
        match frame.news {
            // The late answer to a request that was given up: an unsubscribe is behind it, so it will not be true for long.
            ChannelNews::Succeeded { .. }
                if !matches!(subscription.phase, Phase::Pending { .. } | Phase::Subscribed) => {}
            ChannelNews::Succeeded { members } => {
                subscription.phase = Phase::Subscribed;
                subscription.failures = 0;
                if channel.kind() == ChannelKind::Presence {
                    subscription.members = Members::new(subscription.me.clone(), members);
                    actions.push(members_changed(&channel, subscription));
                }
                actions.push(Action::Report(Event::Subscribed { channel }));
            }
            ChannelNews::MemberAdded(member) => {
                let new = subscription.members.add(member.clone());
                actions.push(members_changed(&channel, subscription));
                if new {
                    actions.push(Action::Report(Event::MemberAdded { channel, member }));
                }
            }
            ChannelNews::MemberRemoved { user_id } => {
                if let Some(member) = subscription.members.remove(&user_id) {
                    actions.push(members_changed(&channel, subscription));
                    actions.push(Action::Report(Event::MemberRemoved { channel, member }));
                }
            }
            ChannelNews::Message { event, data, user_id } => {
                actions.push(Action::Report(Event::Message {
                    channel,
                    event,
                    data,
                    user_id,
                }));
            }
            ChannelNews::Refused { .. } => {}
        }
        actions
    }

    /// The frame of a client event, if it may go now. Names and size were checked by the caller.
    pub(crate) fn trigger(
        &mut self,
        channel: &ChannelName,
        event: &str,
        data: &RawValue,
        now: Instant,
    ) -> Result<String, TriggerError> {
        let subscription = self.wanted.get(channel).ok_or(TriggerError::NotSubscribed)?;
        if subscription.phase != Phase::Subscribed {
            return Err(TriggerError::NotSubscribed);
        }
        const SECOND: Duration = Duration::from_secs(1);
        while self.sent.front().is_some_and(|sent| now >= *sent + SECOND) {
            self.sent.pop_front();
        }
        if let Some(first) = self
            .sent
            .front()
            .filter(|_| self.sent.len() >= CLIENT_EVENTS_PER_SECOND)
        {
            return Err(TriggerError::TooMany {
                retry_in: *first + SECOND - now,
            });
        }
        self.sent.push_back(now);
        Ok(protocol::client_event(channel.as_str(), event, data))
    }

    /// Begins a subscription if there is a connection.
    fn start(&mut self, channel: &ChannelName, now: Instant, actions: &mut Vec<Action>) {
        let (Some(socket_id), Some(subscription)) = (&self.socket_id, self.wanted.get_mut(channel)) else {
            return;
        };
        let deadline = now + self.timeout;
        if channel.kind() == ChannelKind::Public {
            subscription.phase = Phase::Pending { deadline };
            actions.push(Action::Send(protocol::subscribe(channel.as_str(), None)));
        } else {
            let ticket = self.next_ticket;
            self.next_ticket += 1;
            subscription.phase = Phase::Authorizing { ticket, deadline };
            let request = AuthRequest {
                socket_id: socket_id.clone(),
                channel: channel.to_string(),
            };
            actions.push(Action::Authorize { ticket, request });
        }
    }

    fn fail(
        &mut self,
        channel: &ChannelName,
        error: SubscriptionError,
        again: bool,
        now: Instant,
        actions: &mut Vec<Action>,
    ) {
        let Some(subscription) = self.wanted.get_mut(channel) else {
            return;
        };
        subscription.phase = if again {
            let delay = self.backoff.delay(subscription.failures);
            subscription.failures = subscription.failures.saturating_add(1);
            Phase::Resting { until: now + delay }
        } else {
            Phase::Refused
        };
        if !subscription.members.is_empty() {
            subscription.members = Members::default();
            actions.push(members_changed(channel, subscription));
        }
        actions.push(Action::Report(Event::SubscriptionFailed {
            channel: channel.clone(),
            error,
        }));
    }

    fn forget(&mut self, channel: &ChannelName, actions: &mut Vec<Action>) {
        if self
            .wanted
            .remove(channel)
            .is_some_and(|subscription| !subscription.members.is_empty())
        {
            actions.push(Action::Members {
                channel: channel.clone(),
                members: Members::default(),
            });
        }
    }
}

fn members_changed(channel: &ChannelName, subscription: &Subscription) -> Action {
    Action::Members {
        channel: channel.clone(),
        members: subscription.members.clone(),
    }
}

/// Our own user id, out of the data that the auth endpoint signed.
fn own_id(channel_data: &str) -> Option<String> {
    let data: serde_json::Value = serde_json::from_str(channel_data).ok()?;
    data.get("user_id").and_then(protocol::id_text)
}

#[cfg(test)]
mod tests;
