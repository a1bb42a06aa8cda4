//! Demo mode: a whole hotel server inside this program, on loopback, with a key and secret of its own for each run.

use std::path::PathBuf;
use std::sync::Arc;

use demo_hotel::{Data, DemoHotel, OpeningError, Options, StartError};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sync::effect::Demo;
use sync::view::SignInForm;
use tokio::sync::Mutex;

use crate::environment::{private_file, private_folder};

const USER: &str = "frontdesk";

/// The demo hotel, started when it is first wanted. Cheap to clone.
#[derive(Clone)]
pub(crate) struct DemoMode {
    folder: PathBuf,
    guest_page: Option<PathBuf>,
    hotel: Arc<Mutex<Option<DemoHotel>>>,
}

impl DemoMode {
    /// `folder` keeps the hotel's data on this computer; `guest_page` has the built page that it serves to browsers.
    pub(crate) fn new(folder: PathBuf, guest_page: Option<PathBuf>) -> Self {
        Self {
            folder,
            guest_page,
            hotel: Arc::default(),
        }
    }

    /// Starts the hotel, or tells how to reach it if it runs.
    pub(crate) fn start(&self) -> BoxFuture<'static, Result<Demo, String>> {
        let demo = self.clone();
        async move {
            let mut hotel = demo.hotel.lock().await;
            if hotel.is_none() {
                *hotel = Some(demo.open().await.map_err(|error| error.to_string())?);
            }
            hotel.as_ref().map(reach).ok_or_else(|| "it has ended".to_owned())
        }
        .boxed()
    }

    /// Where the running hotel serves the page that guests see.
    pub(crate) async fn page_url(&self, slug: &str) -> Option<String> {
        self.hotel.lock().await.as_ref()?.page_url(slug)
    }

    async fn open(&self) -> Result<DemoHotel, StartError> {
        let options = |port| Options {
            port,
            data: Data::Folder(self.folder.clone()),
            guest_page: self.guest_page.clone(),
            ..Options::private()
        };
        private_folder(&self.folder).map_err(OpeningError::from)?;
        // The port of the last run if it is free, since it is part of the photos' addresses; else whichever the system gives.
        let port_file = self.folder.join("port");
        let last = std::fs::read_to_string(&port_file)
            .ok()
            .and_then(|text| text.trim().parse().ok());
        let hotel = match last {
            Some(port) => match DemoHotel::start(options(port)).await {
                Err(StartError::Port { .. }) => DemoHotel::start(options(0)).await?,
                other => other?,
            },
            None => DemoHotel::start(options(0)).await?,
        };
        let noted =
            private_file(&port_file, b"").and_then(|()| std::fs::write(&port_file, hotel.port().to_string()));
        if let Err(error) = noted {
            tracing::warn!(%error, "the demo hotel's port could not be noted");
        }
        Ok(hotel)
    }
}

fn reach(hotel: &DemoHotel) -> Demo {
    let form = SignInForm {
        api_url: hotel.api_url(),
        pusher_key: hotel.pusher_key().to_owned(),
        pusher_host: "127.0.0.1".to_owned(),
        pusher_port: Some(hotel.port()),
        pusher_tls: false,
        username: USER.to_owned(),
        ..SignInForm::default()
    };
    Demo {
        form,
        password: USER.to_owned(),
    }
}
