//! The bounded queue behind the one ordered stream of events.
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
};

use futures_util::Stream;

use crate::event::Event;

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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{data::Data, error::Error, event::StateChange, names::ChannelName, state::State};

    fn name(channel: &str) -> ChannelName {
        ChannelName::parse(channel).unwrap()
    }

    fn message(text: &str) -> Event {
        let raw = serde_json::value::to_raw_value(text).unwrap();
        let data = Data::from_wire(Some(&raw));
        Event::Message {
            channel: name("c"),
            event: "e".into(),
            data,
            user_id: None,
        }
    }

    fn subscribed(channel: &str) -> Event {
        Event::Subscribed {
            channel: name(channel),
        }
    }

    fn change(previous: State, current: State) -> Event {
        Event::State(StateChange {
            previous,
            current,
            retry_in: None,
        })
    }

    fn drain(events: &mut Events) -> Vec<Event> {
        std::iter::from_fn(|| events.try_next()).collect()
    }

    #[test]
    fn messages_and_turning_points_come_out_in_the_order_they_went_in() {
        let (feed, mut events) = queue(10, usize::MAX);
        let sent = [
            message("1"),
            subscribed("a"),
            message("2"),
            message("3"),
            subscribed("b"),
        ];
        for event in sent.clone() {
            feed.push(event);
        }
        assert_eq!(drain(&mut events), sent);
    }

    /// Row 35, the queue itself.
    #[test]
    fn a_full_queue_drops_the_oldest_messages_and_says_how_many() {
        let (feed, mut events) = queue(2, usize::MAX);
        feed.push(subscribed("a"));
        for text in ["1", "2", "3", "4", "5"] {
            feed.push(message(text));
        }
        feed.push(Event::Error(Error::PongTimeout {
            waited: Duration::ZERO,
        }));
        let expected = [
            Event::Lagged { missed: 4 },
            subscribed("a"),
            message("5"),
            Event::Error(Error::PongTimeout {
                waited: Duration::ZERO,
            }),
        ];
        assert_eq!(drain(&mut events), expected);
        feed.push(message("6"));
        assert_eq!(drain(&mut events), [message("6")], "told once");
    }

    #[test]
    fn large_messages_fill_the_queue_by_their_bytes() {
        let (feed, mut events) = queue(1000, 10_000);
        let large = "x".repeat(4_000);
        for _ in 0..5 {
            feed.push(message(&large));
        }
        {
            let queue = lock(&feed.0);
            let weight: usize = queue.messages.iter().map(|(_, event)| event.weight()).sum();
            assert_eq!(queue.bytes, weight, "the count agrees with what is there");
        }
        assert_eq!(drain(&mut events)[0], Event::Lagged { missed: 3 });
        assert_eq!(lock(&feed.0).bytes, 0, "what is read no longer counts");
        feed.push(message(&"x".repeat(20_000)));
        assert_eq!(
            drain(&mut events),
            [Event::Lagged { missed: 1 }],
            "larger than everything, still told"
        );
    }

    #[test]
    fn turning_points_are_bounded_too_and_the_last_of_each_kind_survives() {
        let (feed, mut events) = queue(10, usize::MAX);
        let pushed = 10_000;
        feed.push(change(State::Initialised, State::Connecting));
        for n in 0..(pushed - 1) / 3 {
            feed.push(change(
                State::Connecting,
                State::Connected {
                    socket_id: n.to_string(),
                },
            ));
            feed.push(subscribed(if n % 2 == 0 { "a" } else { "b" }));
            feed.push(change(
                State::Connected {
                    socket_id: n.to_string(),
                },
                State::Connecting,
            ));
            assert!(lock(&feed.0).turning_points.len() <= TURNING_POINTS, "bounded");
        }
        let drained = drain(&mut events);
        let Event::Lagged { missed } = drained[0] else {
            panic!("the loss comes first")
        };
        assert_eq!(
            missed + drained.len() as u64 - 1,
            pushed,
            "every one is delivered or counted"
        );
        let mut shown = State::Initialised;
        for event in &drained {
            if let Event::State(change) = event {
                assert_eq!(change.previous, shown, "the chain of states has no gap");
                shown = change.current.clone();
            }
        }
        assert_eq!(shown, State::Connecting, "the last state is the true one");
        assert!(drained.contains(&subscribed("a")) && drained.contains(&subscribed("b")));
    }

    #[tokio::test]
    async fn a_reader_gone_keeps_nothing_and_a_writer_gone_ends_the_stream() {
        let (feed, events) = queue(10, usize::MAX);
        let shared = feed.0.clone();
        feed.push(message("1"));
        drop(events);
        feed.push(message("2"));
        assert!(lock(&shared).messages.is_empty(), "nobody will read it");

        let (feed, mut events) = queue(10, usize::MAX);
        feed.push(message("1"));
        drop(feed);
        assert_eq!(
            events.next().await,
            Some(message("1")),
            "what was queued is still read"
        );
        assert_eq!(events.next().await, None);
    }
}
