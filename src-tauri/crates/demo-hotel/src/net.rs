//! The door and the wires: a listener that can refuse, and connections that can be cut.
//!
//! A cut connection ends as if the cable had been pulled: nothing that was not yet sent leaves, the other side sees
//! the end of the stream in the middle of whatever it read. While the door refuses, nobody listens at the port, so that
//! clients get "connection refused" from the system itself; but it is kept, so that no other program is given it.

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
};

/// Between two attempts to accept or to open the port again.
const RETRY: Duration = Duration::from_millis(20);
/// Connections that the system may hold until they are accepted, as tokio has it.
const BACKLOG: u32 = 1024;

/// One connection, as whoever wants to cut it sees it. Clones are the same connection.
#[derive(Clone, Debug)]
pub(crate) struct Wire(Arc<Cut>);

#[derive(Debug, Default)]
struct Cut {
    done: AtomicBool,
    waiting: Mutex<[Option<Waker>; 2]>,
}

impl Wire {
    fn new() -> Self {
        Self(Arc::default())
    }

    /// Cuts it, now and for good.
    pub(crate) fn cut(&self) {
        self.0.done.store(true, Ordering::SeqCst);
        for waker in self.0.waiting().iter_mut().filter_map(Option::take) {
            waker.wake();
        }
    }
}

impl Cut {
    fn waiting(&self) -> MutexGuard<'_, [Option<Waker>; 2]> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Errors once cut; until then leaves a waker, one for each direction, so that a cut is noticed at once.
    fn check(&self, direction: usize, cx: &Context<'_>) -> io::Result<()> {
        if !self.done.load(Ordering::SeqCst) {
            self.waiting()[direction] = Some(cx.waker().clone());
        }
        // Again, for a cut between the two lines above.
        if self.done.load(Ordering::SeqCst) {
            Err(io::ErrorKind::ConnectionReset.into())
        } else {
            Ok(())
        }
    }
}

/// Every open connection, so that a shutdown leaves none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wires(Arc<Mutex<HashMap<u64, Wire>>>);

impl Wires {
    fn open(&self) -> MutexGuard<'_, HashMap<u64, Wire>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn cut_all(&self) {
        let wires: Vec<Wire> = self.open().values().cloned().collect();
        for wire in wires {
            wire.cut();
        }
    }
}

/// A TCP stream that can be cut.
#[derive(Debug)]
pub(crate) struct Line {
    stream: TcpStream,
    wire: Wire,
    number: u64,
    wires: Wires,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.wires.open().remove(&self.number);
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.wire.0.check(0, cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.wire.0.check(1, cx)?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.wire.0.check(1, cx)?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// The handle with which the door is told to refuse.
#[derive(Clone, Debug)]
pub(crate) struct Doorman {
    closed: watch::Sender<bool>,
    /// Whether the port is really closed, which lags behind the wish.
    is_shut: watch::Receiver<bool>,
}

impl Doorman {
    /// Refuses new connections until told otherwise; returns when the port has followed.
    pub(crate) async fn refuse(&self, refuse: bool) {
        self.closed.send_replace(refuse);
        // An error means that the server has ended: its port is closed for good.
        let _ = self.is_shut.clone().wait_for(|shut| *shut == refuse).await;
    }
}

/// The listener on loopback.
#[derive(Debug)]
pub(crate) struct Door {
    listener: Option<TcpListener>,
    /// Keeps the port while nobody listens at it.
    kept: Option<TcpSocket>,
    address: SocketAddr,
    closed: watch::Receiver<bool>,
    is_shut: watch::Sender<bool>,
    wires: Wires,
    numbers: AtomicU64,
}

impl Door {
    /// Opens a port; 0 lets the system pick one. A port that was just left can be taken again at once (tokio sets
    /// `SO_REUSEADDR` where that is what it means).
    pub(crate) async fn open(port: u16, wires: Wires) -> io::Result<(Self, Doorman)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let (closed, wish) = watch::channel(false);
        let (is_shut, state) = watch::channel(false);
        let door = Self {
            listener: Some(listener),
            kept: None,
            address,
            closed: wish,
            is_shut,
            wires,
            numbers: AtomicU64::new(0),
        };
        Ok((
            door,
            Doorman {
                closed,
                is_shut: state,
            },
        ))
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    fn reopened(&mut self) -> io::Result<TcpListener> {
        let kept = self.kept.take().map_or_else(|| kept(self.address), Ok)?;
        kept.listen(BACKLOG)
    }

    /// Follows the doorman's wish; returns once the door is open.
    async fn follow(&mut self) {
        loop {
            let closed = *self.closed.borrow_and_update();
            match (closed, &self.listener) {
                (false, Some(_)) => return,
                (false, None) => match self.reopened() {
                    Ok(listener) => {
                        self.listener = Some(listener);
                        self.is_shut.send_replace(false);
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the port can't be opened again yet");
                        tokio::time::sleep(RETRY).await;
                    }
                },
                (true, _) => {
                    self.listener = None;
                    // Where it can't be kept it is asked for again later.
                    self.kept = kept(self.address).ok();
                    self.is_shut.send_replace(true);
                    if self.closed.changed().await.is_err() {
                        // Nobody is left who could open it.
                        return std::future::pending().await;
                    }
                }
            }
        }
    }
}

/// The port, with nobody who listens.
fn kept(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Elsewhere the same name lets another program take the port as well.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

impl Listener for Door {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        loop {
            self.follow().await;
            let Some(listener) = &self.listener else { continue };
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                Ok(()) = self.closed.changed() => continue,
            };
            match accepted {
                Ok((stream, address)) => {
                    // Small frames must not wait for company.
                    let _ = stream.set_nodelay(true);
                    let wire = Wire::new();
                    let number = self.numbers.fetch_add(1, Ordering::Relaxed);
                    self.wires.open().insert(number, wire.clone());
                    return (
                        Line {
                            stream,
                            wire,
                            number,
                            wires: self.wires.clone(),
                        },
                        address,
                    );
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, Door>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().wire.clone()
    }
}
