//! What was done and what went wrong, counted over all runs, for whoever asks whether the faults were really there.

use std::fmt;
use std::sync::{Mutex, PoisonError};

macro_rules! stats {
    ($($name:ident),+ $(,)?) => {
        /// One counter for each kind.
        #[derive(Clone, Debug, Default)]
        pub(crate) struct Stats {
            $( pub(crate) $name: u64, )+
        }

        impl Stats {
            fn add(&mut self, other: &Self) {
                $( self.$name += other.$name; )+
            }
        }

        impl fmt::Display for Stats {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $( write!(f, "{} {}, ", self.$name, stringify!($name).replace('_', " "))?; )+
                Ok(())
            }
        }
    };
}

stats! {
    runs, turns, requests, looks, accepted, requests_lost, answers_lost, busy, unreadable, redirects, slow, events, events_lost, events_doubled,
    events_late, events_too_large, sockets_cut, lines_down, servers_down, sleeps, clock_jumps, tokens_expired, crashes,
    crashes_in_turn, restarts, sign_outs, outside_edits, overwritten_unseen,
}

static ALL: Mutex<Option<Stats>> = Mutex::new(None);

pub(crate) fn count(counter: &mut u64) {
    *counter += 1;
}

/// Adds a run to the sum of all; answers the sum so far.
pub(crate) fn sum_up(run: &Stats) -> Stats {
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    let all = all.get_or_insert_default();
    all.add(run);
    all.clone()
}
