//! Misfortunes of the server during a shift, each counted when it hits.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use demo_hotel::{Canned, Control, Effect, EventChances, Fault};
use rand::{RngExt, rngs::StdRng};
use reqwest::StatusCode;

/// Of what befalls the whole server, the one that loses events.
const EVENTS: u32 = 2;

/// How often each kind has hit a request, or befallen the server.
#[derive(Default)]
pub(crate) struct Misfortunes(Arc<Mutex<BTreeMap<&'static str, u64>>>);

impl Misfortunes {
    pub(crate) fn met(&self) -> BTreeMap<&'static str, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Brings some upon the server, until [`end`](Self::end). Whether events may be lost: nobody who missed one learns it by itself.
    pub(crate) async fn befall(&self, control: &Control, random: &mut StdRng) -> bool {
        for _ in 0..random.random_range(2..8) {
            let (name, effect) = effect(random);
            let met = Arc::clone(&self.0);
            // Asked only about requests that no earlier fault has hit, so a `true` is a hit.
            let hits = move |_: &_, path: &str| {
                let hit = path.contains("/offers/");
                if hit {
                    count(&met, name);
                }
                hit
            };
            control.fault(Fault::on_matching(hits, effect).times(random.random_range(1..6)));
        }
        let what = random.random_range(0..5);
        match what {
            0 => {
                count(&self.0, "connections refused");
                control.unplug(true).await;
            }
            1 => {
                count(&self.0, "sockets cut");
                control.cut_sockets();
            }
            EVENTS => {
                count(&self.0, "events lost, doubled, late");
                let chances = EventChances {
                    lose: 0.2,
                    duplicate: 0.2,
                    after_next: 0.2,
                    delay: 0.2,
                    longest_delay: Duration::from_millis(500),
                };
                control.event_chances(Some(chances), random.random());
            }
            _ => {}
        }
        what == EVENTS
    }

    /// The server is well again.
    pub(crate) async fn end(&self, control: &Control) {
        control.clear_faults();
        control.event_chances(None, 0);
        control.release_events();
        control.unplug(false).await;
    }
}

fn count(met: &Mutex<BTreeMap<&'static str, u64>>, name: &'static str) {
    *met.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .entry(name)
        .or_default() += 1;
}

fn effect(random: &mut StdRng) -> (&'static str, Effect) {
    let late = Duration::from_millis(random.random_range(10..600));
    let status = [
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::BAD_GATEWAY,
        StatusCode::SERVICE_UNAVAILABLE,
    ][random.random_range(0..3)];
    match random.random_range(0..9) {
        0 => ("delayed request", Effect::DelayBefore(late)),
        1 => ("delayed answer", Effect::DelayAfter(late)),
        2 => ("dropped request", Effect::DropRequest),
        3 | 4 => ("dropped answer", Effect::DropAnswer),
        5 => ("half an answer", Effect::CutBody),
        6 => ("5xx instead of the work", Effect::Instead(Canned::html(status))),
        7 => (
            "5xx after the work",
            Effect::InsteadOfAnswer(Canned::html(status)),
        ),
        _ => ("429", Effect::Instead(Canned::too_many_requests(1))),
    }
}
