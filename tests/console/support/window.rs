//! One window of the console: what stands in it, and what a user does to it.

use std::{
    fs, mem,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use fantoccini::{
    actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    elements::{Element, ElementRef},
    error::CmdError,
    wd::WindowHandle,
};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{
    PATIENCE,
    driver::{Said, Session, Turned},
    keys::{ENTER, TAB, ctrl},
    page::{Answer, OfferCard, asking, watching},
    workstation::pictures,
};

/// How long the page is asked to watch before the session is free for another window for a moment.
const WATCH: Duration = Duration::from_millis(500);
/// Without it no picture would come of a page in which nothing moves.
const STIR: &str = include_str!("stir.js");
/// The name under which WebDriver answers with an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A window of a running console.
pub(crate) struct Window {
    session: Session,
    handle: WindowHandle,
    name: String,
    said: Said,
}

impl Window {
    pub(super) fn new(session: Session, handle: WindowHandle, name: String, said: Said) -> Self {
        Self {
            session,
            handle,
            name,
            said,
        }
    }

    /// The computer it is on, and which of its windows it is.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn handle(&self) -> &WindowHandle {
        &self.handle
    }

    // --- waiting

    /// Waits until `accept` makes something of the answer to `question`, an expression of script over `args`; asked again on every change of the
    /// page. `why` completes "waiting for …".
    pub(crate) async fn until<T>(
        &self,
        why: &str,
        question: &str,
        args: &[Value],
        mut accept: impl FnMut(&Value) -> Option<T>,
    ) -> T {
        let script = watching(question);
        let deadline = Instant::now() + PATIENCE;
        let mut known = Value::Null;
        let mut last = String::from("no answer");
        while Instant::now() < deadline {
            let mut parameters = vec![known.clone(), json!(WATCH.as_millis())];
            parameters.extend_from_slice(args);
            match self.run_async(&script, parameters).await {
                Ok(answer) => {
                    let text = answer.as_str().unwrap_or_default();
                    last = text.to_owned();
                    match serde_json::from_str(text) {
                        Ok(Answer::Value { value }) => {
                            if let Some(accepted) = accept(&value) {
                                return accepted;
                            }
                        }
                        Ok(Answer::Error { error }) => last = error,
                        Err(error) => last = error.to_string(),
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

    /// Waits until `question` is answered with `true`.
    pub(crate) async fn until_true(&self, why: &str, question: &str, args: &[Value]) {
        self.until(why, question, args, |answer| (*answer == true).then_some(()))
            .await;
    }

    /// Waits until something with this test id is on the page and can be seen.
    pub(crate) async fn wait_for(&self, id: &str) {
        let why = format!("{id} to be shown");
        self.until_true(&why, "isShown(byId(args[0]))", &[json!(id)])
            .await;
    }

    /// Waits until nothing with this test id can be seen.
    pub(crate) async fn wait_gone(&self, id: &str) {
        let why = format!("{id} to be gone");
        self.until_true(&why, "!isShown(byId(args[0]))", &[json!(id)])
            .await;
    }

    /// Waits until the words of an element fit, and returns them.
    pub(crate) async fn wait_for_words(&self, id: &str, fits: impl Fn(&str) -> bool) -> String {
        let accept = |answer: &Value| answer.as_str().filter(|words| fits(words)).map(str::to_owned);
        self.until(
            &format!("the right words in {id}"),
            "words(byId(args[0]))",
            &[json!(id)],
            accept,
        )
        .await
    }

    /// Waits until the connection is in a state: `live`, `connecting`, `offline`, `signed-out`.
    pub(crate) async fn wait_until_connection_is(&self, state: &str) {
        let question = "byId('connection')?.dataset.state === args[0]";
        self.until_true(
            &format!("the connection to be {state}"),
            question,
            &[json!(state)],
        )
        .await;
    }

    /// Waits until the offers fit, and returns them.
    pub(crate) async fn wait_for_offers(
        &self,
        why: &str,
        fits: impl Fn(&[OfferCard]) -> bool,
    ) -> Vec<OfferCard> {
        let accept = |answer: &Value| {
            serde_json::from_value(answer.clone())
                .ok()
                .filter(|cards: &Vec<_>| fits(cards))
        };
        self.until(why, "offerCards()", &[], accept).await
    }

    /// Waits until an offer is listed under this title with nothing left to send, and returns it.
    pub(crate) async fn wait_for_synced(&self, title: &str) -> OfferCard {
        let fits =
            |card: &&OfferCard| card.title == title && card.sync == "synced" && !card.id.starts_with("new:");
        let why = format!("\"{title}\" to be listed and settled");
        let cards = self
            .wait_for_offers(&why, |cards| cards.iter().any(|card| fits(&card)))
            .await;
        cards
            .into_iter()
            .find(|card| fits(&card))
            .expect("one was found a moment ago")
    }

    /// Waits until no offer is listed under this title.
    pub(crate) async fn wait_without(&self, title: &str) {
        let why = format!("\"{title}\" to leave the list");
        self.wait_for_offers(&why, |cards| cards.iter().all(|card| card.title != title))
            .await;
    }

    /// Waits until the photo of an offer can be seen, and returns its address.
    pub(crate) async fn wait_for_photo(&self, title: &str) -> String {
        let why = format!("the photo of \"{title}\"");
        self.until(&why, "paintedPhoto(args[0])", &[json!(title)], |answer| {
            answer.as_str().map(str::to_owned)
        })
        .await
    }

    /// Waits until a notice says something that contains `part`.
    pub(crate) async fn wait_for_notice(&self, part: &str) {
        let question = "notices().some((notice) => notice.includes(args[0]))";
        self.until_true(&format!("a notice about \"{part}\""), question, &[json!(part)])
            .await;
    }

    // --- looking

    /// What an element says now, or `None` where there is none.
    pub(crate) async fn words(&self, id: &str) -> Option<String> {
        self.ask("words(byId(args[0]))", vec![json!(id)])
            .await
            .as_str()
            .map(str::to_owned)
    }

    /// An attribute of an element now, or `None` where there is none.
    pub(crate) async fn attribute(&self, id: &str, name: &str) -> Option<String> {
        let answer = self
            .ask(
                "byId(args[0])?.getAttribute(args[1]) ?? null",
                vec![json!(id), json!(name)],
            )
            .await;
        answer.as_str().map(str::to_owned)
    }

    /// Whether something with this test id can be seen now.
    pub(crate) async fn shows(&self, id: &str) -> bool {
        self.ask("isShown(byId(args[0]))", vec![json!(id)]).await == true
    }

    /// The offers listed now, in their order.
    pub(crate) async fn offers(&self) -> Vec<OfferCard> {
        serde_json::from_value(self.ask("offerCards()", vec![]).await)
            .expect("cards have the shape the script gives them")
    }

    /// The titles listed now, in their order.
    pub(crate) async fn titles(&self) -> Vec<String> {
        self.offers().await.into_iter().map(|card| card.title).collect()
    }

    /// Every notice shown since the first call, gone or not. Call it once before what must, or must not, be noticed.
    pub(crate) async fn notices(&self) -> Vec<String> {
        serde_json::from_value(self.ask("notices()", vec![]).await).expect("notices are words")
    }

    /// The answer to a question now.
    pub(crate) async fn ask(&self, question: &str, args: Vec<Value>) -> Value {
        match self.run(&asking(question), args).await {
            Ok(answer) => answer,
            Err(error) => self.give_up(&format!("asking {question}: {error}")).await,
        }
    }

    /// Runs a script that answers by calling its last argument; an error when the app ends meanwhile.
    pub(crate) async fn run_async(&self, script: &str, args: Vec<Value>) -> Result<Value, CmdError> {
        let run = async { self.turn().await?.client.execute_async(script, args).await };
        timeout(PATIENCE, run).await.unwrap_or(Err(CmdError::WaitTimeout))
    }

    /// Saves a picture of the page.
    pub(crate) async fn picture(&self, path: &Path) -> Result<(), String> {
        let take = async {
            let turned = self.turn().await?;
            turned.client.execute(STIR, Vec::new()).await?;
            turned.client.screenshot().await
        };
        let bytes = timeout(PATIENCE, take)
            .await
            .map_err(|_| "no picture in time".to_owned())?
            .map_err(|error| error.to_string())?;
        fs::write(path, bytes).map_err(|error| error.to_string())
    }

    // --- doing

    /// Clicks the element with this test id, as soon as it can be clicked.
    pub(crate) async fn click(&self, id: &str) {
        self.click_on(id, "byId(args[0])", &[json!(id)]).await;
    }

    /// Clicks the last of the elements with this test id.
    pub(crate) async fn click_last(&self, id: &str) {
        self.click_on(id, "allById(args[0]).at(-1)", &[json!(id)]).await;
    }

    /// Clicks an element inside the card of the offer with this title.
    pub(crate) async fn click_in_offer(&self, title: &str, id: &str) {
        let question = "offerTitled(args[0]) && byId(args[1], offerTitled(args[0]))";
        let what = format!("{id} of \"{title}\"");
        self.click_on(&what, question, &[json!(title), json!(id)]).await;
    }

    /// Drags with the mouse. `way` finds where it is pressed and let go: `[fromX, fromY, toX, toY]`, in pixels.
    pub(crate) async fn drag(&self, way: &str, args: &[Value]) {
        /// A press becomes a drag on the way, as under a hand, not with one jump.
        const STEPS: u32 = 8;
        const STEP: Duration = Duration::from_millis(40);
        let [x, y, to_x, to_y] = self.steady::<4>(way, args).await;
        let to = |x, y| PointerAction::MoveTo {
            duration: Some(STEP),
            x,
            y,
        };
        let button = MOUSE_BUTTON_LEFT;
        let mut hand = MouseActions::new("mouse".to_owned())
            .then(to(x, y))
            .then(PointerAction::Down { button });
        for step in 1..=STEPS {
            let part = f64::from(step) / f64::from(STEPS);
            hand = hand.then(to(x + (to_x - x) * part, y + (to_y - y) * part));
        }
        self.perform(
            &format!("dragging {way}"),
            hand.then(PointerAction::Up { button }),
        )
        .await;
    }

    /// Clicks twice on an element inside the card of the offer with this title, as fast as a hand does.
    pub(crate) async fn double_click_in_offer(&self, title: &str, id: &str) {
        const LISTEN: &str = "(document.isTwice = false, \
            addEventListener('dblclick', () => (document.isTwice = true), { capture: true, once: true }))";
        let what = format!("clicking twice on \"{title}\"");
        let begun = Instant::now();
        // On a busy machine the first click may take so long that the second is one by itself.
        while begun.elapsed() < PATIENCE {
            self.ask(LISTEN, vec![]).await;
            self.click_twice(&what, title, id).await;
            if self.ask("document.isTwice", vec![]).await == true {
                return;
            }
        }
        self.give_up(&what).await;
    }

    async fn click_twice(&self, what: &str, title: &str, id: &str) {
        const STEP: Duration = Duration::from_millis(40);
        let middle = "((box) => box && [box.left + box.width / 2, box.top + box.height / 2])
            (offerTitled(args[0]) && byId(args[1], offerTitled(args[0]))?.getBoundingClientRect())";
        let [x, y] = self.steady::<2>(middle, &[json!(title), json!(id)]).await;
        let button = MOUSE_BUTTON_LEFT;
        let mut hand = MouseActions::new("mouse".to_owned()).then(PointerAction::MoveTo {
            duration: Some(STEP),
            x,
            y,
        });
        for _ in 0..2 {
            hand = hand
                .then(PointerAction::Down { button })
                .then(PointerAction::Up { button });
        }
        self.perform(what, hand).await;
    }

    async fn perform(&self, what: &str, hand: MouseActions) {
        let done = timeout(PATIENCE, async {
            self.turn().await?.client.perform_actions(hand).await
        });
        if let Err(error) = done.await.unwrap_or(Err(CmdError::WaitTimeout)) {
            self.give_up(&format!("{what}: {error}")).await;
        }
    }

    /// Numbers that the page answers with, as soon as they stay: a window that has just opened, or another layout, is still finding its size.
    async fn steady<const N: usize>(&self, question: &str, args: &[Value]) -> [f64; N] {
        const STEADY: Duration = Duration::from_millis(100);
        let find = async || {
            let there = |answer: &Value| {
                let numbers: Vec<f64> = serde_json::from_value(answer.clone()).ok()?;
                <[f64; N]>::try_from(numbers).ok()
            };
            let why = format!("{question} to be there");
            self.until(&why, question, args, there).await
        };
        let mut found = find().await;
        loop {
            sleep(STEADY).await;
            let before = mem::replace(&mut found, find().await);
            if before == found {
                return found;
            }
        }
    }

    /// Replaces what stands in a field: emptied at once, then typed key by key.
    pub(crate) async fn type_into(&self, id: &str, text: &str) {
        // Not marked, to be typed over: under load a mark was seen to be gone when the first key came.
        let question = "((field) => { field?.focus(); if (field?.value) fill(field, ''); return field; })(byId(args[0]))";
        self.do_to(id, question, &[json!(id)], async |element| match text {
            "" => Ok(()),
            _ => element.send_keys(text).await,
        })
        .await;
    }

    /// Gives the window a size, as far as the screen allows.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let resized = timeout(PATIENCE, async {
            self.turn().await?.client.set_window_size(width, height).await
        });
        if let Err(error) = resized.await.unwrap_or(Err(CmdError::WaitTimeout)) {
            self.give_up(&format!("resizing: {error}")).await;
        }
    }

    /// Types where the cursor is, key by key.
    pub(crate) async fn press(&self, keys: &str) {
        self.do_to("the focus", "document.activeElement", &[], async |element| {
            element.send_keys(keys).await
        })
        .await;
    }

    /// Goes on with Tab, or back with Shift+Tab, until the element with this test id has the focus.
    pub(crate) async fn tab_to(&self, id: &str, key: &str) {
        const FAR: usize = 60;
        let there = "document.activeElement?.dataset.testid === args[0]";
        for _ in 0..FAR {
            if self.ask(there, vec![json!(id)]).await == true {
                return;
            }
            self.press(key).await;
        }
        self.give_up(&format!("reaching {id} by keyboard")).await
    }

    /// Goes on with Tab until the element with this test id has the focus, which can be seen.
    pub(crate) async fn go_to(&self, id: &str) {
        self.tab_to(id, TAB).await;
        self.expect_visible_focus().await;
    }

    /// Whoever works by keyboard sees where they are.
    pub(crate) async fn expect_visible_focus(&self) {
        let unseen = self.ask("unseenFocus()", vec![]).await;
        if let Some(why) = unseen.as_str() {
            self.give_up(&format!("seeing the focus: {why}")).await;
        }
    }

    /// Waits until the focus is on the offer of this title.
    pub(crate) async fn wait_for_focus_on_offer(&self, title: &str) {
        let question =
            "words(byId('offer-title', document.activeElement?.closest('[data-testid=offer]') ?? document.body)) === args[0]
             && document.activeElement.closest('[data-testid=offer]') !== null";
        self.until_true(&format!("the focus on \"{title}\""), question, &[json!(title)])
            .await;
        self.expect_visible_focus().await;
    }

    /// Opens the palette and does what these letters find first.
    pub(crate) async fn run_command(&self, letters: &str) {
        self.press(&ctrl('k')).await;
        let ready = "document.activeElement?.dataset.testid === 'palette-input'";
        self.until_true("the palette", ready, &[]).await;
        self.press(letters).await;
        let found = "words(document.querySelector('[data-testid=palette-item][data-selected]'))?.toLowerCase().includes(args[0])";
        self.until_true(
            &format!("{letters} to be found"),
            found,
            &[json!(letters.to_lowercase())],
        )
        .await;
        self.press(ENTER).await;
        self.wait_gone("palette-input").await;
    }

    /// Fills in the sign-in form, where only the person is left to say, and sends it.
    pub(crate) async fn sign_in(&self, user: &str, password: &str) {
        // What is remembered comes an instant after the form, and would be typed behind.
        self.wait_for_words("signin-api-url", |address| !address.is_empty())
            .await;
        self.type_into("signin-username", user).await;
        self.type_into("signin-password", password).await;
        self.click("signin-submit").await;
    }

    /// Sets a field to a long or formatted value at once, as a paste or a date picker does.
    pub(crate) async fn put_into(&self, id: &str, value: &str) {
        let question = "(fill(byId(args[0]), args[1]), true)";
        self.wait_for(id).await;
        self.ask(question, vec![json!(id), json!(value)]).await;
    }

    /// Clicks an element, once more where it has moved from under the hand.
    async fn click_on(&self, what: &str, question: &str, args: &[Value]) {
        let aim = format!("aimAt({question})");
        self.do_to(what, &aim, args, async |element| {
            element.click().await?;
            match element.client().execute(&asking("hasMissed()"), Vec::new()).await {
                Ok(Value::Bool(true)) => Err(CmdError::NotW3C(json!(
                    "something else was there when it was pressed"
                ))),
                // It was hit, or is gone with its page.
                _ => Ok(()),
            }
        })
        .await;
    }

    /// Does something to an element once it is there and takes it: not covered, not moving away, not replaced meanwhile.
    async fn do_to(
        &self,
        what: &str,
        question: &str,
        args: &[Value],
        deed: impl AsyncFn(Element) -> Result<(), CmdError>,
    ) {
        /// Longer than any movement here; one that never ends is used as it is.
        const STILL_WITHIN: Duration = Duration::from_secs(2);
        let begun = Instant::now();
        let mut last = String::from("it was not there");
        while begun.elapsed() < PATIENCE {
            let question = match begun.elapsed() < STILL_WITHIN {
                true => format!("still({question})"),
                false => question.to_owned(),
            };
            let attempt = timeout(PATIENCE, async {
                let turned = self.turn().await?;
                let answer = turned.client.execute(&asking(&question), args.to_vec()).await?;
                let Some(id) = answer[ELEMENT].as_str() else {
                    return Ok(false);
                };
                deed(Element::from_element_id(
                    turned.client.clone(),
                    ElementRef::from(id.to_owned()),
                ))
                .await?;
                Ok::<_, CmdError>(true)
            });
            match attempt.await {
                Ok(Ok(true)) => return,
                Ok(Ok(false)) => {}
                Ok(Err(error)) => last = error.to_string(),
                Err(_) => last = "no answer from the driver".to_owned(),
            }
            // Until the page has changed somehow, trying again would come to the same.
            let page = "document.documentElement.outerHTML.length";
            let known = self.run(&asking(page), vec![]).await.unwrap_or_default();
            let _ = self
                .run_async(
                    &watching(page),
                    vec![json!(format!("{{\"value\":{known}}}")), json!(200)],
                )
                .await;
        }
        self.give_up(&format!("using {what}: {last}")).await
    }

    async fn turn(&self) -> Result<Turned<'_>, CmdError> {
        self.session.turn_to(&self.handle).await
    }

    async fn run(&self, script: &str, args: Vec<Value>) -> Result<Value, CmdError> {
        let run = async { self.turn().await?.client.execute(script, args).await };
        timeout(PATIENCE, run).await.unwrap_or(Err(CmdError::WaitTimeout))
    }

    /// Ends the test with all that helps to see why.
    async fn give_up(&self, what: &str) -> ! {
        let stands = asking("document.body.innerText");
        let stands = self
            .run(&stands, vec![])
            .await
            .map_or_else(|error| format!("({error})"), |text| text.to_string());
        // A test runs on a thread of its own name.
        let name = format!("{} {}", thread::current().name().unwrap_or("test"), self.name);
        let name: String = name
            .chars()
            .map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' })
            .collect();
        let picture = pictures().join(format!("{name}.png"));
        let picture = match self.picture(&picture).await {
            Ok(()) => picture.display().to_string(),
            Err(error) => format!("none ({error})"),
        };
        panic!(
            "{}: {what}\n\non the page: {stands}\n\npicture: {picture}\n\n{}",
            self.name,
            self.said.last_lines()
        );
    }
}
