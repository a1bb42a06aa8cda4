//! One browser with one page in it: what stands there, and what a guest does.

use std::{fs, path::PathBuf, thread, time::Instant};

use fantoccini::{Client, ClientBuilder, error::CmdError, wd::WebDriverCompatibleCommand};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;
use url::{ParseError, Url};

use crate::{PATIENCE, process::Driver, within};

/// Keeps it without a screen, and off every network but the one it is sent to.
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
];
/// How long the page is asked to watch at a time.
const WATCH_MS: u64 = 2_000;

/// What every question may use, and what the page notes from its first moment on.
const WORDS: &str = include_str!("words.js");
const NOTES: &str = include_str!("notes.js");
const WATCH: &str = include_str!("watch.js");

/// The size of the window's inside, in CSS pixels.
#[derive(Clone, Copy, Debug)]
pub struct Size(pub u32, pub u32);

impl Size {
    /// A phone held upright.
    pub const PHONE: Self = Self(360, 740);
    /// A tablet held upright.
    pub const TABLET: Self = Self(768, 1024);
    /// A desk.
    pub const DESK: Self = Self(1280, 900);
}

/// An offer as the page shows it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[expect(missing_docs, reason = "named after what the card shows")]
pub struct Card {
    pub id: i64,
    pub title: String,
    pub text: String,
    pub tag: String,
    pub dates: String,
    /// Where "Book this offer" leads.
    pub book: String,
    /// The address of the photo, whether or not it has loaded.
    pub photo: Option<String>,
}

/// A running browser; it ends with this value.
pub struct Browser {
    client: Client,
    // In this order: the profile is removed once nothing writes to it.
    _driver: Driver,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser.
    ///
    /// # Panics
    /// When there is none, or it does not start in time.
    pub async fn start(size: Size) -> Self {
        let driver = Driver::start().await;
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let folder = format!("--user-data-dir={}", profile.path().display());
        let arguments: Vec<_> = FLAGS.into_iter().chain([folder.as_str()]).collect();
        let capabilities = json!({
            "goog:chromeOptions": { "args": arguments, "prefs": { "intl.accept_languages": "en-IE" } },
        });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities.as_object().expect("an object").clone());
        let address = format!("http://127.0.0.1:{}", driver.port);
        let client = within("the browser's start", builder.connect(&address))
            .await
            .expect("Chromium starts; `cargo xtask setup --test` installs it");
        let browser = Self {
            client,
            _driver: driver,
            _profile: profile,
        };
        browser.resize(size).await;
        browser
            .devtools(
                "Page.addScriptToEvaluateOnNewDocument",
                json!({ "source": NOTES }),
            )
            .await;
        browser
    }

    /// Sets the inside of the window.
    pub async fn resize(&self, Size(width, height): Size) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Opens an address and waits until it has loaded.
    ///
    /// # Panics
    /// When it does not.
    pub async fn open(&self, address: &str) {
        within("the page", self.client.goto(address))
            .await
            .expect("the page loads");
    }

    /// A command of the browser's own protocol.
    ///
    /// # Panics
    /// When the browser refuses it.
    pub async fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        within(command, self.client.issue_cmd(DevTools { command, parameters }))
            .await
            .unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// The answer to a question now: an expression of script over `args`.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn ask(&self, question: &str, args: Vec<Value>) -> Value {
        let script = format!("{WORDS}\nconst args = [...arguments];\nreturn {question};");
        match self.run(&script, args).await {
            Ok(answer) => answer,
            Err(error) => self.give_up(&format!("asking {question}: {error}")).await,
        }
    }

    /// Runs script that needs no answer.
    pub async fn execute(&self, script: &str, args: Vec<Value>) -> Value {
        match self.run(&format!("{WORDS}\n{script}"), args).await {
            Ok(answer) => answer,
            Err(error) => self.give_up(&format!("running a script: {error}")).await,
        }
    }

    /// Waits until `accept` makes something of the answer to a question; asked again on every change of the page.
    ///
    /// # Panics
    /// When that takes too long; it says what stood on the page.
    pub async fn until<T>(
        &self,
        why: &str,
        question: &str,
        args: &[Value],
        mut accept: impl FnMut(&Value) -> Option<T>,
    ) -> T {
        let script = format!("{WORDS}\nconst question = (args) => {question};\n{WATCH}");
        let deadline = Instant::now() + PATIENCE;
        let (mut known, mut last) = (Value::Null, String::from("no answer"));
        while Instant::now() < deadline {
            let mut parameters = vec![known.clone(), json!(WATCH_MS)];
            parameters.extend_from_slice(args);
            let watched = timeout(PATIENCE, self.client.execute_async(&script, parameters));
            match watched.await.unwrap_or(Err(CmdError::WaitTimeout)) {
                Ok(answer) => {
                    last = answer.as_str().unwrap_or_default().to_owned();
                    let value = serde_json::from_str::<Value>(&last).unwrap_or_default();
                    if let Some(accepted) = accept(&value) {
                        return accepted;
                    }
                    // In the page's own writing, so that the page can tell whether the answer is another.
                    known = answer;
                }
                // A page that is just being loaded has no answer, and later it has.
                Err(error) => last = error.to_string(),
            }
        }
        self.give_up(&format!("waiting for {why}; the last answer was {last}"))
            .await
    }

    /// Waits until a question is answered with `true`.
    pub async fn until_true(&self, why: &str, question: &str, args: &[Value]) {
        self.until(why, question, args, |answer| (*answer == true).then_some(()))
            .await;
    }

    /// The offers on the page, in their order.
    ///
    /// # Panics
    /// When the page has none of the shape.
    pub async fn cards(&self) -> Vec<Card> {
        serde_json::from_value(self.ask("cards()", vec![]).await)
            .expect("cards have the shape the script gives them")
    }

    /// Waits until the cards fit, and returns them.
    pub async fn wait_for_cards(&self, why: &str, fits: impl Fn(&[Card]) -> bool) -> Vec<Card> {
        let accept = |answer: &Value| {
            serde_json::from_value(answer.clone())
                .ok()
                .filter(|cards: &Vec<_>| fits(cards))
        };
        self.until(why, "cards()", &[], accept).await
    }

    /// A picture of the window, or of the whole page.
    ///
    /// # Panics
    /// When it can't be written.
    pub async fn picture(&self, name: &str) -> PathBuf {
        let path = pictures().join(format!("{name}.png"));
        let bytes = within("a picture", self.client.screenshot())
            .await
            .expect("the browser draws");
        fs::write(&path, bytes).expect("the pictures' folder can be written");
        path
    }

    async fn run(&self, script: &str, args: Vec<Value>) -> Result<Value, CmdError> {
        timeout(PATIENCE, self.client.execute(script, args))
            .await
            .unwrap_or(Err(CmdError::WaitTimeout))
    }

    /// Ends the test with all that helps to see why.
    async fn give_up(&self, what: &str) -> ! {
        let stands =
            "return document.body.innerText + '\\n\\nnoted: ' + JSON.stringify(window.notes?.troubles)";
        let stands = self.run(stands, vec![]).await.map_or_else(
            |error| error.to_string(),
            |text| text.as_str().unwrap_or_default().to_owned(),
        );
        let name: String = thread::current()
            .name()
            .unwrap_or("test")
            .chars()
            .map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' })
            .collect();
        let picture = self.picture(&name).await;
        panic!(
            "{what}\n\non the page:\n{stands}\n\npicture: {}",
            picture.display()
        )
    }
}

/// Where pictures of the page lie.
fn pictures() -> PathBuf {
    let target = std::env::current_exe()
        .ok()
        .and_then(|program| program.ancestors().nth(3).map(PathBuf::from))
        .unwrap_or_default();
    let folder = target.join("guest-pictures");
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// Chromium's own protocol, through its driver.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (Method::POST, Some(body.to_string()))
    }
}
