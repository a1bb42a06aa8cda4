//! A running hotel on a loopback port: start, shutdown, and the same hotel without a socket.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use axum::Router;
use jiff::{civil::Date, tz::TimeZone};
use tokio::{sync::watch, task::JoinHandle, time::timeout};

use crate::{
    clock::Clock,
    control::{Control, EventFaults, Observations},
    hotel::{Data, Hotel, Opening, OpeningError},
    http::{self, App, GuestPage},
    hub::{AppKeys, Hub, Patience},
    net::{Door, Wire, Wires},
};

/// How long sockets and requests may take to end before their connections are cut.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long the server may take after that.
const LAST_CALL: Duration = Duration::from_secs(1);

/// How to start a hotel. [`Options::default`] is the binary's without arguments, but in memory and on a port that the
/// system picks.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port on 127.0.0.1; 0 lets the system pick.
    pub port: u16,
    /// Where the data is.
    pub data: Data,
    /// How many offers a new `killarney` gets.
    pub offers: usize,
    /// The same seed gives the same offers.
    pub seed: u64,
    /// The day the seeded offers' dates relate to; the clock's unless given.
    pub today: Option<Date>,
    /// The hub's app.
    pub pusher: AppKeys,
    /// The hotel's clock.
    pub clock: Clock,
    /// How long hub sockets may be silent.
    pub patience: Patience,
    /// The folder of the built guest page, served at `/{slug}/`. It may come later or never.
    pub guest_page: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            data: Data::InMemory,
            offers: 12,
            seed: 1,
            today: None,
            pusher: AppKeys {
                id: "1234".into(),
                key: "app-key".into(),
                secret: "app-secret".into(),
            },
            clock: Clock::system(),
            patience: Patience::default(),
            guest_page: None,
        }
    }
}

impl Options {
    /// As the default, with a hub key and secret of its own: for an embedder, so that no other program on the machine
    /// knows them.
    pub fn private() -> Self {
        let random = |_| hex::encode(rand::random::<[u8; 16]>());
        let [key, secret] = [0, 1].map(random);
        Self {
            pusher: AppKeys {
                id: "1234".into(),
                key,
                secret,
            },
            ..Self::default()
        }
    }
}

/// The hotel could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or not allowed.
    #[error("port {port} can't be opened: {cause}")]
    Port {
        /// The wanted port.
        port: u16,
        /// What the system said.
        cause: io::Error,
    },
    /// The data.
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// Opening was interrupted.
    #[error("opening the hotel was interrupted: {0}")]
    Interrupted(String),
}

/// A running hotel. Dropping it ends it at once, [`DemoHotel::shutdown`] in good order.
#[derive(Debug)]
pub struct DemoHotel {
    port: u16,
    control: Control,
    wires: Wires,
    stop: watch::Sender<bool>,
    served: Option<JoinHandle<io::Result<()>>>,
}

impl DemoHotel {
    /// Starts a hotel on the current tokio runtime and returns when it answers.
    ///
    /// # Errors
    /// When the port or the data can't be opened.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let wires = Wires::default();
        let (door, doorman) =
            Door::open(options.port, wires.clone())
                .await
                .map_err(|cause| StartError::Port {
                    port: options.port,
                    cause,
                })?;
        let port = door.port();
        // A folder may be slow, and a new one is filled now.
        let app = tokio::task::spawn_blocking(move || furnish(options, Some(port)))
            .await
            .map_err(|error| StartError::Interrupted(error.to_string()))??;
        let (stop, mut stopped) = watch::channel(false);
        let service = http::router(&app).into_make_service_with_connect_info::<Wire>();
        let serving = axum::serve(door, service).with_graceful_shutdown(async move {
            // An error means that the handle is gone: as good as a wish.
            let _ = stopped.wait_for(|stop| *stop).await;
        });
        let served = tokio::spawn(async move { serving.await });
        let control = Control {
            app,
            door: Some((doorman, wires.clone())),
        };
        Ok(Self {
            port,
            control,
            wires,
            stop,
            served: Some(served),
        })
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The API base: `http://127.0.0.1:PORT/api`
    pub fn api_url(&self) -> String {
        format!("{}/api", self.url())
    }

    /// Where guests find the offers of a hotel; `None` where the guest page's files are not at hand.
    pub fn page_url(&self, slug: &str) -> Option<String> {
        let page = self.control.app.guest_page()?;
        page.is_at_hand().then(|| format!("{}/{slug}/", self.url()))
    }

    /// The hub's public key.
    pub fn pusher_key(&self) -> &str {
        &self.control.app.hub().app().key
    }

    /// The hub's app, secret included.
    pub fn pusher_app(&self) -> &AppKeys {
        self.control.app.hub().app()
    }

    /// The control handle.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Ends it: sockets are closed with 4200, requests under way get a moment, what is left is cut. Everything has
    /// ended when this returns, after about three seconds at worst.
    pub async fn shutdown(mut self) {
        let Some(mut served) = self.served.take() else {
            return;
        };
        let control = self.control.clone();
        control.app.hub().end();
        self.stop.send_replace(true);
        let _ = timeout(FAREWELL, async {
            control.wait_until(|stats| stats.sockets == 0).await;
            (&mut served).await
        })
        .await;
        self.wires.cut_all();
        if !served.is_finished() && timeout(LAST_CALL, &mut served).await.is_err() {
            tracing::warn!("the server did not end in time");
            served.abort();
        }
    }
}

impl Drop for DemoHotel {
    fn drop(&mut self) {
        if let Some(served) = self.served.take() {
            self.control.app.hub().end();
            self.stop.send_replace(true);
            self.wires.cut_all();
            served.abort();
        }
    }
}

/// The same hotel without a socket: a router to call with `tower::ServiceExt::oneshot`, and its control handle. With
/// [`Data::InMemory`], a stopped [`Clock`] and no delays, equal calls give equal bytes. `port` is ignored. It takes
/// events and gives them to [`Control::tap_events`]; WebSockets need a real connection.
///
/// # Errors
/// When the data can't be opened.
pub fn router(options: Options) -> Result<(Router, Control), OpeningError> {
    let app = furnish(options, None)?;
    Ok((http::router(&app), Control { app, door: None }))
}

fn furnish(options: Options, port: Option<u16>) -> Result<App, OpeningError> {
    let url = port.map_or_else(
        || "http://demo-hotel.test".to_owned(),
        |port| format!("http://127.0.0.1:{port}"),
    );
    let guest_page = options
        .guest_page
        .map(|folder| GuestPage::new(folder, options.pusher.key.clone(), port));
    let on_disk = matches!(options.data, Data::Folder(_));
    // A folder outlives the process: the next one must not make the same photo names and tokens again.
    let randomness = if on_disk { rand::random() } else { options.seed };
    let today = options
        .today
        .unwrap_or_else(|| options.clock.now().to_zoned(TimeZone::UTC).date());
    let hotel = Hotel::open(Opening {
        data: options.data,
        offers: options.offers,
        seed: options.seed,
        today,
        randomness,
        media_url: format!("{url}/media/"),
    })?;
    let observations = Observations::new();
    let hub = Hub::new(
        options.pusher,
        options.patience,
        randomness,
        EventFaults::default(),
        observations.clone(),
    );
    Ok(App::new(
        hotel,
        guest_page,
        on_disk,
        options.clock,
        hub,
        observations,
    ))
}
