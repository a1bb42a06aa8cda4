//! What tests may know: requests, sockets, subscribers, events; and waiting for it without asking again and again.

use std::collections::{BTreeMap, VecDeque};

use tokio::sync::watch;

/// Requests that the log keeps; the oldest go first. The counts go on.
const LOG: usize = 20_000;

/// A request that was answered, or whose answer was withheld.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `GET` and so on.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Without the `?`.
    pub query: Option<String>,
    /// As sent.
    pub content_type: Option<String>,
    /// `Authorization` was there.
    pub authorised: bool,
    /// `X-Hotel-ID` as sent.
    pub hotel_id: Option<String>,
    /// `X-Hotel-Slug` as sent.
    pub hotel_slug: Option<String>,
    /// The status that left, or `None` when the connection was cut instead.
    pub status: Option<u16>,
    /// Names in a JSON object or a multipart body, sorted; empty for other bodies.
    pub fields: Vec<String>,
}

/// Counts since the start, and the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Requests that have arrived, answered or not.
    pub requests_begun: u64,
    /// Requests that are done.
    pub requests_done: u64,
    /// The last of them, oldest first.
    pub requests: VecDeque<Seen>,
    /// Pages of the staff's list that were served.
    pub list_reads: u64,
    /// Changes of the store.
    pub changes: u64,
    /// WebSocket connections that are established.
    pub sockets: usize,
    /// Sockets on each occupied channel.
    pub subscribers: BTreeMap<String, usize>,
    /// Events that the hub took.
    pub events_published: u64,
    /// Events that it handed on: fewer when they are lost or held, more when doubled.
    pub events_delivered: u64,
}

impl Stats {
    /// Sockets on `channel`.
    pub fn subscribers_of(&self, channel: &str) -> usize {
        self.subscribers.get(channel).copied().unwrap_or(0)
    }

    /// How many logged requests match.
    pub fn count(&self, matches: impl Fn(&Seen) -> bool) -> usize {
        self.requests.iter().filter(|seen| matches(seen)).count()
    }
}

/// The shared [`Stats`]: everyone writes, tests read and wait.
#[derive(Clone, Debug)]
pub(crate) struct Observations(watch::Sender<Stats>);

impl Observations {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Stats::default()))
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Stats)) {
        self.0.send_modify(change);
    }

    pub(crate) fn done(&self, seen: Seen) {
        self.change(|stats| {
            stats.requests_done += 1;
            if stats.requests.len() == LOG {
                stats.requests.pop_front();
            }
            stats.requests.push_back(seen);
        });
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&Stats) -> T) -> T {
        look(&self.0.borrow())
    }

    pub(crate) async fn wait_until(&self, condition: impl FnMut(&Stats) -> bool) -> Stats {
        let mut receiver = self.0.subscribe();
        // Copied before anything else is awaited, since the guard may not change threads.
        let met = receiver.wait_for(condition).await.ok().map(|stats| stats.clone());
        match met {
            Some(stats) => stats,
            // The sender lives in `self`: it can't be gone.
            None => std::future::pending().await,
        }
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<Stats> {
        self.0.subscribe()
    }
}
