//! What was done and what went wrong, counted over all runs: whether the faults were really there, and how often a person was asked.

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

            /// What should have happened, and did not once.
            fn missing(&self) -> Vec<&'static str> {
                let all = [$( (stringify!($name), self.$name) ),+];
                all.iter().filter(|(_, count)| *count == 0).map(|(name, _)| *name).collect()
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
    crashes_in_turn, restarts, sign_outs, outside_edits, overwritten_unseen, asked,
}

/// So many changes at least are carried out for one that a person is asked about, or cannot have.
const ACCEPTED_FOR_EACH_ASKED: u64 = 10;

impl Stats {
    /// Why these runs show less than they should.
    pub(crate) fn faults(&self) -> Vec<String> {
        let missing = self.missing().into_iter();
        let mut faults: Vec<_> = missing
            .map(|name| format!("there was no trouble of {name}"))
            .collect();
        if self.asked * ACCEPTED_FOR_EACH_ASKED > self.accepted {
            faults.push(format!("a person is asked too often: {self}"));
        }
        faults
    }
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
