//! A session bus of a test's own, with the service that shows the system's notifications: the test sees what is shown, and clicks.

use std::{
    collections::HashMap,
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;
use tokio::sync::watch;
use zbus::{Connection, connection, object_server::SignalEmitter, zvariant::OwnedValue};

use super::within;

/// It starts no service by itself.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;
const PATH: &str = "/org/freedesktop/Notifications";
/// How a click on the notification itself is called.
const CLICK: &str = "default";

/// A notification that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    id: u32,
    pub(crate) summary: String,
    pub(crate) body: String,
    actions: Vec<String>,
}

/// See the module. The bus ends with this value.
pub(crate) struct Notifications {
    shown: watch::Receiver<Vec<Shown>>,
    service: Connection,
    address: String,
    bus: Child,
    _folder: TempDir,
}

impl Notifications {
    /// Starts the bus, and the service on it.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let configuration = folder.path().join("bus.conf");
        fs::write(&configuration, BUS).expect("a temporary folder can be written");
        let mut bus = Command::new("dbus-daemon")
            .arg("--config-file")
            .arg(configuration)
            .args(["--nofork", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon starts; `cargo xtask setup --test` installs it");
        let output = bus.stdout.take().expect("the output is piped");
        let line = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(output).read_line(&mut line).map(|_| line)
        });
        let line = within("the bus's address", line)
            .await
            .expect("reading does not panic");
        let address = line.expect("the bus says its address").trim().to_owned();
        let (sender, shown) = watch::channel(Vec::new());
        let service = async {
            connection::Builder::address(address.as_str())?
                .serve_at(PATH, Service { shown: sender })?
                .name("org.freedesktop.Notifications")?
                .build()
                .await
        };
        let service = within("the service for notifications", service).await;
        Self {
            shown,
            service: service.expect("the bus takes the service"),
            address,
            bus,
            _folder: folder,
        }
    }

    /// What programs on this desktop find in `DBUS_SESSION_BUS_ADDRESS`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Waits until this many were shown, and returns all that were.
    pub(crate) async fn shown(&self, count: usize) -> Vec<Shown> {
        let mut shown = self.shown.clone();
        let what = format!("{count} notifications");
        within(&what, shown.wait_for(|all| all.len() >= count))
            .await
            .expect("the service runs")
            .clone()
    }

    /// Clicks one, as far as it can be clicked; the desktop closes it then.
    pub(crate) async fn click(&self, shown: &Shown) {
        assert!(
            shown.actions.iter().any(|action| action == CLICK),
            "{shown:?} can be clicked"
        );
        let emitter = SignalEmitter::new(&self.service, PATH).expect("the path is right");
        let clicked = async {
            Service::action_invoked(&emitter, shown.id, CLICK).await?;
            // 2: closed by the user.
            Service::notification_closed(&emitter, shown.id, 2).await
        };
        within("the click", clicked).await.expect("the bus takes signals");
    }
}

impl Drop for Notifications {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}

struct Service {
    shown: watch::Sender<Vec<Shown>>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[expect(clippy::too_many_arguments, reason = "the interface has so many")]
    fn notify(
        &self,
        _app_name: &str,
        _replaces_id: u32,
        _app_icon: &str,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let mut id = 0;
        self.shown.send_modify(|all| {
            id = u32::try_from(all.len()).expect("a handful") + 1;
            all.push(Shown {
                id,
                summary,
                body,
                actions,
            });
        });
        id
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(str::to_owned).to_vec()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ["the test's desktop", "HotelMate", "1", "1.2"]
            .map(str::to_owned)
            .into()
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action_key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}
