//! Misfortunes of events between the hotel and the hub's subscribers: lost, doubled, out of order, late.
//!
//! Two ways: an exact list for the next events, or chances by a seed. Both keep the rule that an event that is put
//! behind its successor is handed on right after it; [`EventFaults::release`] lets go of what still waits.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

use crate::hub::HubEvent;

/// What happens to one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventFault {
    /// Nothing: it passes. For lists in which only a later event is meant.
    Pass,
    /// It never arrives.
    Lose,
    /// It arrives twice.
    Duplicate,
    /// It arrives after the next one.
    AfterNext,
    /// It arrives later, by tokio's clock; the change must then be made inside a runtime.
    Delay(Duration),
    /// It waits until the events are released.
    Hold,
}

/// Chances per event, each from 0 to 1, tried in the order of the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EventChances {
    /// Lost.
    pub lose: f64,
    /// Arrives twice.
    pub duplicate: f64,
    /// Arrives after the next one.
    pub after_next: f64,
    /// Arrives later, by up to `longest_delay`.
    pub delay: f64,
    /// The longest delay.
    pub longest_delay: Duration,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct EventFaults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    next: VecDeque<EventFault>,
    chances: Option<(EventChances, Xoshiro256PlusPlus)>,
    behind_next: Vec<HubEvent>,
    held: VecDeque<HubEvent>,
    holding: bool,
}

impl EventFaults {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn next(&self, faults: impl IntoIterator<Item = EventFault>) {
        self.plan().next.extend(faults);
    }

    pub(crate) fn chances(&self, chances: Option<EventChances>, seed: u64) {
        self.plan().chances = chances.map(|chances| (chances, Xoshiro256PlusPlus::seed_from_u64(seed)));
    }

    pub(crate) fn hold(&self) {
        self.plan().holding = true;
    }

    /// Ends holding; what was held or put behind an event that never came, in the order of publishing.
    pub(crate) fn release(&self) -> Vec<HubEvent> {
        let mut plan = self.plan();
        plan.holding = false;
        let mut events: Vec<HubEvent> = plan.held.drain(..).collect();
        events.append(&mut plan.behind_next);
        events
    }

    /// Lets `event` meet its fate. The closures run outside the lock.
    pub(crate) fn pass(
        &self,
        event: HubEvent,
        mut deliver: impl FnMut(HubEvent),
        delay: impl FnOnce(HubEvent, Duration),
    ) {
        let mut now = Vec::new();
        let mut later = None;
        {
            let mut plan = self.plan();
            let behind = std::mem::take(&mut plan.behind_next);
            match plan.fate() {
                EventFault::Pass => now.push(event),
                EventFault::Lose => {}
                EventFault::Duplicate => now.extend([event.clone(), event]),
                EventFault::AfterNext => plan.behind_next.push(event),
                EventFault::Delay(by) => later = Some((event, by)),
                EventFault::Hold => plan.held.push_back(event),
            }
            now.extend(behind);
        }
        now.into_iter().for_each(&mut deliver);
        if let Some((event, by)) = later {
            delay(event, by);
        }
    }
}

impl Plan {
    fn fate(&mut self) -> EventFault {
        if self.holding {
            return EventFault::Hold;
        }
        if let Some(fault) = self.next.pop_front() {
            return fault;
        }
        let Some((chances, random)) = &mut self.chances else {
            return EventFault::Pass;
        };
        if random.random_bool(chances.lose) {
            EventFault::Lose
        } else if random.random_bool(chances.duplicate) {
            EventFault::Duplicate
        } else if random.random_bool(chances.after_next) {
            EventFault::AfterNext
        } else if random.random_bool(chances.delay) {
            EventFault::Delay(chances.longest_delay.mul_f64(random.random::<f64>()))
        } else {
            EventFault::Pass
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(faults: &EventFaults, names: &[&str]) -> Vec<String> {
        let mut arrived = Vec::new();
        for name in names {
            let event = HubEvent {
                channel: "c".into(),
                name: (*name).into(),
                data: "{}".into(),
                except: None,
            };
            faults.pass(event, |event| arrived.push(event.name), |_, _| {});
        }
        arrived
    }

    #[test]
    fn a_list_of_faults_meets_the_next_events_in_order() {
        let faults = EventFaults::default();
        faults.next([
            EventFault::Pass,
            EventFault::Lose,
            EventFault::Duplicate,
            EventFault::AfterNext,
        ]);
        assert_eq!(
            arrivals(&faults, &["a", "b", "c", "d", "e", "f"]),
            ["a", "c", "c", "e", "d", "f"]
        );
    }

    #[test]
    fn held_events_come_in_order_when_released() {
        let faults = EventFaults::default();
        faults.hold();
        assert!(arrivals(&faults, &["a", "b"]).is_empty());
        let names: Vec<String> = faults.release().into_iter().map(|event| event.name).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(arrivals(&faults, &["c"]), ["c"]);
    }

    #[test]
    fn chances_repeat_with_their_seed() {
        let chances = EventChances {
            lose: 0.3,
            duplicate: 0.3,
            after_next: 0.3,
            ..EventChances::default()
        };
        let names: Vec<String> = (0..200).map(|number| number.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let run = |seed| {
            let faults = EventFaults::default();
            faults.chances(Some(chances), seed);
            arrivals(&faults, &names)
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        assert_ne!(run(1), names, "with such chances something must have happened");
    }
}
