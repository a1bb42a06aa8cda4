//! The one ordered stream of news, and the bounded queue behind it.
//!
//! A reader may be slow or asleep while the server talks on. Then memory stays bounded and nothing vanishes in
//! silence: the oldest *messages* go first, and the next thing the reader gets is [`Event::Lagged`] with their
//! number. *Turning points* (states, subscriptions) outlive messages; when thousands of them pile up, only those
//! that a later one of the same kind supersedes are removed, and they are counted too.
//!
//! `Lagged` comes before whatever is still queued, so it never arrives later than the loss it speaks of.
//!
//! Absent: more than one reader, and waiting of the writer. The connection never stalls for a slow reader.

use std::{
    collections::{HashSet, VecDeque},
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use futures_util::Stream;

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
    /// An event of the application.
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
    fn is_turning_point(&self) -> bool {
        matches!(
            self,
            Self::State(_) | Self::Subscribed { .. } | Self::SubscriptionFailed { .. }
        )
    }

    /// What it weighs in the queue, in bytes, roughly and never too little for large ones.
    fn weight(&self) -> usize {
        const FIXED: usize = 128;
        FIXED
            + match self {
                Self::Message { event, data, .. } => event.len() + data.len(),
                Self::Error(Error::Server { message, .. }) => message.len(),
                Self::MemberAdded { member, .. } | Self::MemberRemoved { member, .. } => {
                    member.user_id.len() + member.user_info.to_string().len()
                }
                _ => 0,
            }
    }
}

/// Turning points are compacted when this many wait.
const TURNING_POINTS: usize = 256;

#[derive(Debug)]
struct Queue {
    /// Numbers put both lanes back into one order.
    next: u64,
    messages: VecDeque<(u64, Event)>,
    turning_points: VecDeque<(u64, Event)>,
    bytes: usize,
    missed: u64,
    max_messages: usize,
    max_bytes: usize,
    compact_at: usize,
    ended: bool,
    reader_gone: bool,
    waker: Option<Waker>,
}

impl Queue {
    fn push(&mut self, event: Event) {
        let number = self.next;
        self.next += 1;
        if event.is_turning_point() {
            self.turning_points.push_back((number, event));
            if self.turning_points.len() > self.compact_at {
                self.compact();
            }
            return;
        }
        self.bytes += event.weight();
        self.messages.push_back((number, event));
        while self.messages.len() > self.max_messages || self.bytes > self.max_bytes {
            let Some((_, dropped)) = self.messages.pop_front() else {
                break;
            };
            self.bytes -= dropped.weight();
            self.missed += 1;
        }
    }

    /// Keeps the last state and the last word on each channel.
    fn compact(&mut self) {
        let before = self.turning_points.len();
        let mut state_seen = false;
        let mut channels = HashSet::new();
        let first_previous = self.turning_points.iter().find_map(|(_, event)| match event {
            Event::State(change) => Some(change.previous.clone()),
            _ => None,
        });
        let mut kept: VecDeque<_> = std::mem::take(&mut self.turning_points)
            .into_iter()
            .rev()
            .filter(|(_, event)| match event {
                Event::Subscribed { channel } | Event::SubscriptionFailed { channel, .. } => {
                    channels.insert(channel.clone())
                }
                _ => !std::mem::replace(&mut state_seen, true),
            })
            .collect();
        kept.make_contiguous().reverse();
        // The chain of states stays without a gap for whoever reads `previous`.
        for (_, event) in &mut kept {
            if let (Event::State(change), Some(previous)) = (event, &first_previous) {
                change.previous = previous.clone();
            }
        }
        self.missed += (before - kept.len()) as u64;
        self.compact_at = TURNING_POINTS.max(kept.len() * 2);
        self.turning_points = kept;
    }

    fn pop(&mut self) -> Option<Event> {
        if self.missed > 0 {
            return Some(Event::Lagged {
                missed: std::mem::take(&mut self.missed),
            });
        }
        let turning_point = self.turning_points.front().map(|(number, _)| *number);
        let message = self.messages.front().map(|(number, _)| *number);
        let lane = match (turning_point, message) {
            (None, None) => return None,
            (Some(turning_point), Some(message)) if message < turning_point => &mut self.messages,
            (None, Some(_)) => &mut self.messages,
            (Some(_), _) => &mut self.turning_points,
        };
        let (_, event) = lane.pop_front()?;
        if !event.is_turning_point() {
            self.bytes -= event.weight();
        }
        Some(event)
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    // Nothing under this lock can leave the queue half changed.
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The writing end. Never waits.
#[derive(Debug)]
pub(crate) struct Feed(Arc<Mutex<Queue>>);

/// The reading end: one ordered stream of [`Event`]s. It ends when the client has been dropped, or its runtime
/// has been shut down, and everything queued has been read.
#[derive(Debug)]
pub struct Events(Arc<Mutex<Queue>>);

pub(crate) fn queue(max_messages: usize, max_bytes: usize) -> (Feed, Events) {
    let queue = Arc::new(Mutex::new(Queue {
        next: 0,
        messages: VecDeque::new(),
        turning_points: VecDeque::new(),
        bytes: 0,
        missed: 0,
        max_messages: max_messages.max(1),
        max_bytes,
        compact_at: TURNING_POINTS,
        ended: false,
        reader_gone: false,
        waker: None,
    }));
    (Feed(queue.clone()), Events(queue))
}

impl Feed {
    pub(crate) fn push(&self, event: Event) {
        let waker = {
            let mut queue = lock(&self.0);
            if queue.reader_gone {
                return;
            }
            queue.push(event);
            queue.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        let waker = {
            let mut queue = lock(&self.0);
            queue.ended = true;
            queue.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Events {
    /// The next event; `None` once the client is gone. Cancel safe.
    pub async fn next(&mut self) -> Option<Event> {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// The next event if there is one already.
    pub fn try_next(&mut self) -> Option<Event> {
        lock(&self.0).pop()
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let mut queue = lock(&self.0);
        if let Some(event) = queue.pop() {
            return Poll::Ready(Some(event));
        }
        if queue.ended {
            return Poll::Ready(None);
        }
        queue.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.get_mut().poll(cx)
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        let mut queue = lock(&self.0);
        queue.reader_gone = true;
        queue.messages = VecDeque::new();
        queue.turning_points = VecDeque::new();
    }
}
