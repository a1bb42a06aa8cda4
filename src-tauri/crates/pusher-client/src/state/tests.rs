//! The connection's rules on made-up time. "Row" refers to the table in `tests/README.md`.

use super::*;

mod losses;
mod timers;

const SECOND: Duration = Duration::from_secs(1);

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A machine and a clock that only moves when told.
struct Bench {
    machine: Machine,
    now: Instant,
}

impl Bench {
    fn new(seed: u64) -> Self {
        let timings = Timings::default();
        let backoff = Backoff::new(timings.backoff_base, timings.backoff_cap, seed);
        Self {
            machine: Machine::new(timings, backoff),
            now: Instant::now(),
        }
    }

    fn dialling() -> Self {
        let mut bench = Self::new(7);
        assert!(dials(&bench.step(Input::Connect)), "connecting dials at once");
        bench
    }

    fn connected() -> Self {
        let mut bench = Self::dialling();
        bench.greet();
        bench
    }

    /// Connected for so long that its loss is not one failure more.
    fn settled() -> Self {
        let mut bench = Self::connected();
        bench.pass(secs(60));
        bench
    }

    fn step(&mut self, input: Input) -> Vec<Action> {
        self.machine.step(input, self.now)
    }

    fn greet(&mut self) -> Vec<Action> {
        self.step(established(None))
    }

    fn close(&mut self, code: u16) -> Vec<Action> {
        self.step(Input::Lost {
            code: Some(code),
            reason: "closed".into(),
        })
    }

    fn fail(&mut self) -> Vec<Action> {
        self.step(Input::DialFailed(DialError::Network("refused".into())))
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    fn until_deadline(&self) -> Option<Duration> {
        self.machine
            .deadline()
            .map(|deadline| deadline.saturating_duration_since(self.now))
    }

    /// Goes to the next deadline and ticks.
    fn tick(&mut self) -> Vec<Action> {
        self.now = self.machine.deadline().expect("a timer should run");
        self.step(Input::Tick)
    }
}

fn established(activity: Option<u64>) -> Input {
    let activity_timeout = activity.map(Duration::from_secs);
    Input::Frame(Incoming::Established {
        socket_id: "1.1".into(),
        activity_timeout,
    })
}

fn error_frame(code: Option<u16>) -> Input {
    Input::Frame(Incoming::Error {
        code,
        message: "words".into(),
    })
}

fn dials(actions: &[Action]) -> bool {
    actions.iter().any(|action| matches!(action, Action::Dial { .. }))
}

fn errors(actions: &[Action]) -> Vec<Error> {
    let errors = actions.iter().filter_map(|action| match action {
        Action::Report(Event::Error(error)) => Some(error.clone()),
        _ => None,
    });
    errors.collect()
}

fn retry_in(actions: &[Action]) -> Option<Duration> {
    actions.iter().find_map(|action| match action {
        Action::Report(Event::State(change)) => change.retry_in,
        _ => None,
    })
}

fn sends(actions: &[Action], frame: &str) -> bool {
    actions.contains(&Action::Send(frame.to_owned()))
}

fn refused(code: u16, message: &str) -> State {
    State::Disconnected {
        reason: DisconnectReason::Refused {
            code,
            message: message.into(),
        },
    }
}
