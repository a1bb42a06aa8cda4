//! The task: carries frames between the socket and the pure parts, and wakes at their deadlines.
//!
//! One loop owns everything. It waits for: a request of the client, the end of an attempt to connect, a frame, a
//! drained write, an authorizer's answer, a deadline, the last farewell. None of these blocks another: writes are
//! queued and pushed as the socket takes them, and reading never waits for the reader of the events.
//!
//! Bounds: requests by their channel; frames to send by [`OUTBOX`]; authorisations by the number of channels,
//! since each has at most one that counts, and older ones end by their own time limit or with their connection.
//!
//! Absent: rules. Those live in `state.rs` and `channels.rs`.

use std::{
    collections::{HashMap, VecDeque},
    future::{Future, pending, poll_fn},
    pin::Pin,
    sync::{Arc, PoisonError},
    time::Duration,
};

use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::{
    sync::{mpsc, watch},
    task::{self, JoinError, JoinSet},
    time::{Instant, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite::{
    self, Message,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

use crate::{
    auth::{AuthRequest, Authorization},
    backoff::Backoff,
    channels::{self, Channels},
    client::{Request, Roster, Trigger},
    config::Config,
    dial::{Dialler, Socket},
    error::{AuthError, DialError, FrameError},
    event::Event,
    feed::Feed,
    protocol,
    sleep::SleepWatch,
    state::{self, Input, Machine, State},
};

/// Frames that may wait for a socket that takes none, besides one for each channel. More means that nobody reads on the other side.
const OUTBOX: usize = 1024;
/// How long we try to say goodbye.
const FAREWELL: Duration = Duration::from_secs(1);

type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type AuthAnswer = Result<(u64, Result<Authorization, AuthError>), JoinError>;

/// An open socket and what is to be written to it.
struct Line {
    sink: SplitSink<Socket, Message>,
    stream: SplitStream<Socket>,
    outbox: VecDeque<String>,
    flushed: bool,
    /// Writing failed. Reading goes on, since the reason may be waiting there: a close frame, and its code.
    mute: bool,
}

/// What woke the task.
enum Wake {
    Request(Option<Request>),
    Dialled(Result<Box<Socket>, DialError>),
    Frame(Option<Result<Message, tungstenite::Error>>),
    Written(Result<(), tungstenite::Error>),
    Authorized(task::Id, AuthAnswer),
    Farewell,
    Deadline,
}

pub(crate) struct Connection {
    config: Arc<Config>,
    dialler: Arc<Dialler>,
    requests: mpsc::Receiver<Request>,
    feed: Feed,
    show: watch::Sender<State>,
    roster: Roster,
    machine: Machine,
    channels: Channels,
    sleep: SleepWatch,
    dialling: Option<Pending<Result<Box<Socket>, DialError>>>,
    line: Option<Line>,
    /// The outbox overflowed: the server reads nothing, and the connection is to be given up.
    choked: bool,
    farewell: Option<Pending<()>>,
    authorizing: JoinSet<(u64, Result<Authorization, AuthError>)>,
    /// Which question a task was to answer, for the case that it dies.
    tickets: HashMap<task::Id, u64>,
}

impl Connection {
    pub(crate) fn new(
        mut config: Config,
        requests: mpsc::Receiver<Request>,
        feed: Feed,
        show: watch::Sender<State>,
        roster: Roster,
    ) -> Self {
        config.timings = config.timings.bounded();
        let config = Arc::new(config);
        let timings = config.timings.clone();
        let seed = config.seed.unwrap_or_else(rand::random);
        // Two sources, so that subscriptions do not shift the connection's waits.
        let backoff = |seed| Backoff::new(timings.backoff_base, timings.backoff_cap, seed);
        let machine = Machine::new(timings.clone(), backoff(seed));
        let channels = Channels::new(timings.subscribe, backoff(seed.wrapping_add(1)));
        let wall = (config.wall_clock)();
        let sleep = SleepWatch::new(timings.sleep_look, timings.sleep_tolerance, wall, Instant::now());
        Self {
            dialler: Arc::new(Dialler::new(config.clone())),
            config,
            requests,
            feed,
            show,
            roster,
            machine,
            channels,
            sleep,
            dialling: None,
            line: None,
            choked: false,
            farewell: None,
            authorizing: JoinSet::new(),
            tickets: HashMap::new(),
        }
    }

    /// Runs until the last client is dropped.
    pub(crate) async fn run(mut self) {
        self.drive(Input::Connect);
        loop {
            match self.wake().await {
                Wake::Request(None) => break,
                Wake::Request(Some(request)) => self.request(request),
                Wake::Dialled(Ok(socket)) => {
                    self.dialling = None;
                    let (sink, stream) = (*socket).split();
                    self.line = Some(Line {
                        sink,
                        stream,
                        outbox: VecDeque::new(),
                        flushed: true,
                        mute: false,
                    });
                }
                Wake::Dialled(Err(error)) => {
                    self.dialling = None;
                    tracing::debug!(%error, "dialling failed");
                    self.drive(Input::DialFailed(error));
                }
                Wake::Frame(frame) => self.frame(frame),
                Wake::Written(Ok(())) => {}
                Wake::Written(Err(error)) => {
                    tracing::debug!(%error, "writing failed");
                    if let Some(line) = &mut self.line {
                        line.mute = true;
                    }
                }
                Wake::Authorized(task, answer) => self.authorized(task, answer),
                Wake::Farewell => self.farewell = None,
                Wake::Deadline => self.deadline(),
            }
            if std::mem::take(&mut self.choked) {
                self.lost(None, "the server reads nothing of what we send".to_owned());
            }
        }
        self.drive(Input::Disconnect);
        if let Some(farewell) = self.farewell.take() {
            farewell.await;
        }
    }

    async fn wake(&mut self) -> Wake {
        let deadline = [self.machine.deadline(), self.channels.deadline()];
        let deadline = deadline
            .into_iter()
            .flatten()
            .fold(self.sleep.deadline(), Instant::min);
        let (writing, reading) = match &mut self.line {
            Some(line) if line.mute => (None, Some(&mut line.stream)),
            Some(line) => (
                Some(write(&mut line.sink, &mut line.outbox, &mut line.flushed)),
                Some(&mut line.stream),
            ),
            None => (None, None),
        };
        tokio::select! {
            request = self.requests.recv() => Wake::Request(request),
            socket = opt(self.dialling.as_mut()) => Wake::Dialled(socket),
            frame = opt(reading.map(StreamExt::next)) => Wake::Frame(frame),
            written = opt(writing) => Wake::Written(written),
            Some(answer) = self.authorizing.join_next_with_id() => match answer {
                Ok((task, answer)) => Wake::Authorized(task, Ok(answer)),
                Err(error) => Wake::Authorized(error.id(), Err(error)),
            },
            () = opt(self.farewell.as_mut()) => Wake::Farewell,
            () = sleep_until(deadline) => Wake::Deadline,
        }
    }

    fn request(&mut self, request: Request) {
        let now = Instant::now();
        match request {
            Request::Subscribe(channel) => {
                let actions = self.channels.subscribe(channel, now);
                self.channel_actions(actions);
            }
            Request::Unsubscribe(channel) => {
                let actions = self.channels.unsubscribe(&channel);
                self.channel_actions(actions);
            }
            Request::Trigger(Trigger {
                channel,
                event,
                data,
                answer,
            }) => {
                let frame = self.channels.trigger(&channel, &event, &data, now);
                let outcome = frame.map(|frame| self.send(frame));
                // Whoever stopped waiting does not need the answer.
                drop(answer.send(outcome));
            }
            Request::Connect => self.drive(Input::Connect),
            Request::Check => self.drive(Input::Check),
            Request::Disconnect => self.drive(Input::Disconnect),
        }
    }

    fn frame(&mut self, frame: Option<Result<Message, tungstenite::Error>>) {
        let limit = self.config.max_message_size;
        match frame {
            Some(Ok(Message::Text(text))) if text.len() > limit => {
                self.drive(Input::BadFrame(FrameError::TooLarge {
                    size: text.len(),
                    limit,
                }));
            }
            Some(Ok(Message::Text(text))) => match protocol::decode(&text) {
                Ok(frame) => self.drive(Input::Frame(frame)),
                Err(error) => self.drive(Input::BadFrame(error)),
            },
            Some(Ok(Message::Binary(bytes))) => {
                self.drive(Input::BadFrame(FrameError::Binary { size: bytes.len() }));
            }
            // Tungstenite queues the pong by itself; the flush sends it.
            Some(Ok(Message::Ping(_))) => {
                if let Some(line) = &mut self.line {
                    line.flushed = false;
                }
                self.drive(Input::Heard);
            }
            Some(Ok(Message::Pong(_) | Message::Frame(_))) => self.drive(Input::Heard),
            Some(Ok(Message::Close(frame))) => {
                let (code, reason) = frame.map_or((None, String::new()), |frame| {
                    (Some(frame.code.into()), frame.reason.as_str().to_owned())
                });
                // The answer to their close frame is queued already.
                self.hang_up(None);
                self.drive(Input::Lost { code, reason });
            }
            Some(Err(error)) => self.lost(None, error.to_string()),
            None => self.lost(None, "the connection ended".to_owned()),
        }
    }

    fn lost(&mut self, code: Option<u16>, reason: String) {
        self.line = None;
        self.drive(Input::Lost { code, reason });
    }

    fn authorized(&mut self, task: task::Id, answer: AuthAnswer) {
        let ticket = self.tickets.remove(&task);
        let (ticket, answer) = match (answer, ticket) {
            (Ok(answer), _) => answer,
            (Err(error), Some(ticket)) if error.is_panic() => (
                ticket,
                Err(AuthError::BadAnswer("the authorizer panicked".to_owned())),
            ),
            (Err(_), _) => return,
        };
        let actions = self.channels.authorized(ticket, answer, Instant::now());
        self.channel_actions(actions);
    }

    fn deadline(&mut self) {
        let now = Instant::now();
        if now >= self.sleep.deadline() && self.sleep.look((self.config.wall_clock)(), now) {
            tracing::debug!("the computer slept; checking the connection");
            self.drive(Input::Check);
        }
        self.drive(Input::Tick);
        let actions = self.channels.tick(now);
        self.channel_actions(actions);
    }

    /// Lets the machine take a step and does what it says.
    fn drive(&mut self, input: Input) {
        for action in self.machine.step(input, Instant::now()) {
            match action {
                state::Action::Dial { force_tls } => {
                    self.dialling = Some(Box::pin(self.dialler.clone().dial(force_tls)));
                }
                state::Action::HangUp => self.hang_up(Some(CloseCode::Normal)),
                state::Action::Cut => {
                    self.dialling = None;
                    self.line = None;
                }
                state::Action::Send(frame) => self.send(frame),
                state::Action::Report(event) => self.report(event),
                state::Action::Joined { socket_id } => {
                    let actions = self.channels.joined(socket_id, Instant::now());
                    self.channel_actions(actions);
                }
                state::Action::Left => {
                    self.authorizing.abort_all();
                    let actions = self.channels.left();
                    self.channel_actions(actions);
                }
                state::Action::Deliver(frame) => {
                    let actions = self.channels.deliver(frame, Instant::now());
                    self.channel_actions(actions);
                }
            }
        }
    }

    fn channel_actions(&mut self, actions: Vec<channels::Action>) {
        for action in actions {
            match action {
                channels::Action::Send(frame) => self.send(frame),
                channels::Action::Authorize { ticket, request } => self.authorize(ticket, request),
                channels::Action::Report(event) => self.report(event),
                channels::Action::Members { channel, members } => {
                    let mut roster = self.roster.lock().unwrap_or_else(PoisonError::into_inner);
                    if members.is_empty() {
                        roster.remove(&channel);
                    } else {
                        roster.insert(channel, members);
                    }
                }
            }
        }
    }

    fn authorize(&mut self, ticket: u64, request: AuthRequest) {
        let authorizer = self.config.authorizer.clone();
        let limit = self.config.timings.subscribe;
        let task = self.authorizing.spawn(async move {
            let Some(authorizer) = authorizer else {
                return (ticket, Err(AuthError::NoAuthorizer));
            };
            // The channel has given up by then; this only ends the task, so that a hanging authorizer that is
            // asked again and again does not pile up.
            let answer = timeout(limit * 2, authorizer.authorize(request)).await;
            (
                ticket,
                answer.unwrap_or_else(|_| Err(AuthError::Unreachable("no answer".to_owned()))),
            )
        });
        self.tickets.insert(task.id(), ticket);
    }

    fn report(&self, event: Event) {
        if let Event::State(change) = &event {
            tracing::debug!(?change, "state");
            self.show.send_replace(change.current.clone());
        }
        self.feed.push(event);
    }

    fn send(&mut self, frame: String) {
        let Some(line) = &mut self.line else { return };
        if line.mute {
            return;
        }
        if line.outbox.len() < OUTBOX + self.channels.wanted() {
            line.outbox.push_back(frame);
        } else {
            // Dropping one frame would leave both sides with different ideas of what is subscribed.
            self.choked = true;
        }
    }

    /// Closes the socket in the background.
    fn hang_up(&mut self, code: Option<CloseCode>) {
        let Some(mut line) = self.line.take() else { return };
        self.farewell = Some(Box::pin(async move {
            let farewell = async {
                if let Some(code) = code {
                    let frame = CloseFrame {
                        code,
                        reason: "".into(),
                    };
                    line.sink.send(Message::Close(Some(frame))).await?;
                }
                // Reading to the end lets the closing handshake finish, so that the server sees a clean close.
                line.sink.flush().await?;
                while line.stream.next().await.is_some_and(|frame| frame.is_ok()) {}
                Ok::<(), tungstenite::Error>(())
            };
            // A server that is gone already has no use for our manners.
            drop(timeout(FAREWELL, farewell).await);
        }));
    }
}

/// A future that may be absent, for `select!`.
async fn opt<F: Future>(future: Option<F>) -> F::Output {
    match future {
        Some(future) => future.await,
        None => pending().await,
    }
}

/// Pushes queued frames into the socket as it takes them. Cancel safe: a frame leaves the queue in the same
/// step in which the socket accepts it. Pends once everything is flushed.
async fn write(
    sink: &mut SplitSink<Socket, Message>,
    outbox: &mut VecDeque<String>,
    flushed: &mut bool,
) -> Result<(), tungstenite::Error> {
    if outbox.is_empty() && *flushed {
        return pending().await;
    }
    while !outbox.is_empty() {
        poll_fn(|cx| sink.poll_ready_unpin(cx)).await?;
        if let Some(frame) = outbox.pop_front() {
            *flushed = false;
            sink.start_send_unpin(Message::text(frame))?;
        }
    }
    sink.flush().await?;
    *flushed = true;
    Ok(())
}
