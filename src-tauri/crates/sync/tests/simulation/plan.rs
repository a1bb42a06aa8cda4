//! What happens in one run, as a value: made by proptest, shrunk by it, and kept by its seed.
//!
//! Choices name things by small numbers ("the third offer on this screen"), so that a shrunk plan still means something.

use std::time::Duration;

use proptest::prelude::*;

/// Minutes of hotel life.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// For latencies, faults and the engines' jitter.
    pub(crate) seed: u64,
    pub(crate) desks: usize,
    /// Offers there at the beginning.
    pub(crate) offers: usize,
    pub(crate) weather: Weather,
    pub(crate) steps: Vec<Step>,
}

/// The field whose values make events too large to be sent, among those of [`Deed::Edit`].
pub(crate) const LARGE_FIELD: u8 = 1 << 4;

/// Chances in a thousand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weather {
    /// A request never arrives, and nobody knows.
    pub(crate) request_lost: u32,
    /// The work is done and the answer is lost.
    pub(crate) answer_lost: u32,
    /// 408, 429, 500, 502 or 503, whether or not the work was done.
    pub(crate) busy: u32,
    /// Success, with a body cut in the middle.
    pub(crate) unreadable: u32,
    /// Something in front of the server answers with a redirect.
    pub(crate) redirect: u32,
    /// A request takes many seconds.
    pub(crate) slow: u32,
    pub(crate) event_lost: u32,
    pub(crate) event_doubled: u32,
    /// An event arrives seconds after those behind it.
    pub(crate) event_late: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) after: Duration,
    /// Which desk, counted from 0, modulo the number of desks.
    pub(crate) desk: usize,
    pub(crate) deed: Deed,
}

/// What a person does, or what happens to a desk or to everybody.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Create {
        photo: bool,
    },
    /// `stale`: the editor has been open for a while and holds what the offer was then.
    Edit {
        offer: usize,
        fields: u8,
        stale: bool,
    },
    Delete {
        offer: usize,
    },
    SetPhoto {
        offer: usize,
    },
    RemovePhoto {
        offer: usize,
    },
    /// Opens an editor, to be saved later by a stale edit.
    OpenEditor {
        offer: usize,
    },
    Retry {
        offer: usize,
    },
    Discard {
        offer: usize,
    },
    Resolve {
        offer: usize,
        mine: bool,
    },
    RetryNow,
    SignOut {
        waiting: u8,
    },
    /// To stand before another offer, or at the end.
    Reorder {
        offer: usize,
        before: Option<usize>,
    },
    /// To its oldest version that is known.
    RestoreFirst {
        offer: usize,
    },
    SignIn {
        manager: bool,
    },
    Restart,
    /// The power fails. `in_turn`: between the commit and what was to follow it.
    Crash {
        in_turn: bool,
    },
    LineDown,
    LineUp,
    SocketCut,
    Sleep {
        seconds: u16,
    },
    /// The wall clock is set.
    ClockJump {
        seconds: i16,
    },
    /// Somebody without this program, in the server's own pages.
    OutsideCreate,
    OutsideEdit {
        offer: usize,
        field: u8,
    },
    OutsideDelete {
        offer: usize,
    },
    OutsidePhoto {
        offer: usize,
    },
    TokensExpire,
    ServerDown,
    ServerUp,
}

fn deed() -> impl Strategy<Value = Deed> {
    let offer = || 0usize..12;
    prop_oneof![
        6 => any::<bool>().prop_map(|photo| Deed::Create { photo }),
        12 => (offer(), 1u8..32, prop::bool::weighted(0.3)).prop_map(|(offer, fields, stale)| Deed::Edit { offer, fields, stale }),
        4 => offer().prop_map(|offer| Deed::Delete { offer }),
        3 => offer().prop_map(|offer| Deed::SetPhoto { offer }),
        1 => offer().prop_map(|offer| Deed::RemovePhoto { offer }),
        3 => offer().prop_map(|offer| Deed::OpenEditor { offer }),
        2 => offer().prop_map(|offer| Deed::Retry { offer }),
        1 => offer().prop_map(|offer| Deed::Discard { offer }),
        3 => (offer(), any::<bool>()).prop_map(|(offer, mine)| Deed::Resolve { offer, mine }),
        1 => Just(Deed::RetryNow),
        1 => (0u8..4).prop_map(|waiting| Deed::SignOut { waiting }),
        1 => (offer(), prop::option::of(offer())).prop_map(|(offer, before)| Deed::Reorder { offer, before }),
        1 => offer().prop_map(|offer| Deed::RestoreFirst { offer }),
        2 => any::<bool>().prop_map(|manager| Deed::SignIn { manager }),
        1 => Just(Deed::Restart),
        3 => any::<bool>().prop_map(|in_turn| Deed::Crash { in_turn }),
        2 => Just(Deed::LineDown),
        3 => Just(Deed::LineUp),
        2 => Just(Deed::SocketCut),
        1 => (20u16..2_000).prop_map(|seconds| Deed::Sleep { seconds }),
        1 => (-4_000i16..4_000).prop_map(|seconds| Deed::ClockJump { seconds }),
        2 => Just(Deed::OutsideCreate),
        5 => (offer(), 0u8..5).prop_map(|(offer, field)| Deed::OutsideEdit { offer, field }),
        3 => offer().prop_map(|offer| Deed::OutsideDelete { offer }),
        1 => offer().prop_map(|offer| Deed::OutsidePhoto { offer }),
        1 => Just(Deed::TokensExpire),
        1 => Just(Deed::ServerDown),
        2 => Just(Deed::ServerUp),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let after = prop_oneof![5 => 0u64..400, 3 => 400u64..5_000, 1 => 5_000u64..60_000];
    (after, 0usize..5, deed()).prop_map(|(after, desk, deed)| Step {
        after: Duration::from_millis(after),
        desk,
        deed,
    })
}

fn any_weather() -> impl Strategy<Value = Weather> {
    let chance = || prop_oneof![2 => Just(0u32), 2 => 1u32..60, 1 => 60u32..250];
    (
        (
            chance(),
            chance(),
            chance(),
            chance(),
            prop_oneof![4 => Just(0u32), 1 => 1u32..15],
        ),
        (chance(), chance(), chance(), chance()),
    )
        .prop_map(
            |(
                (request_lost, answer_lost, busy, unreadable, redirect),
                (slow, event_lost, event_doubled, event_late),
            )| Weather {
                request_lost,
                answer_lost,
                busy,
                unreadable,
                redirect,
                slow,
                event_lost,
                event_doubled,
                event_late,
            },
        )
}

/// Any run in which every event arrives, once or twice, and in order; requests go on failing and taking their time.
pub(crate) fn plan_with_every_event() -> impl Strategy<Value = Plan> {
    any_plan().prop_map(|mut plan| {
        plan.weather.event_lost = 0;
        plan.weather.event_late = 0;
        // Answers that are overtaken by events.
        plan.weather.slow = plan.weather.slow.max(150);
        for step in &mut plan.steps {
            if let Deed::Edit { fields, .. } = &mut step.deed {
                *fields &= !LARGE_FIELD;
            }
        }
        plan
    })
}

/// Any run.
pub(crate) fn any_plan() -> impl Strategy<Value = Plan> {
    (
        any::<u64>(),
        2usize..=5,
        prop_oneof![3 => 0usize..6, 1 => 9usize..14],
        any_weather(),
        prop::collection::vec(step(), 5..45),
    )
        .prop_map(|(seed, desks, offers, weather, steps)| Plan {
            seed,
            desks,
            offers,
            weather,
            steps,
        })
}
