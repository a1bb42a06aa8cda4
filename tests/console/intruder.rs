//! A script that should not be there: how a text could become one, what it can ask the program for, and where it can send what it has seen.

use std::{
    collections::BTreeSet,
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::{
    preview::open_preview,
    scene::{DESK, hotel, offer_from_elsewhere},
    support::{Window, Workstation, within},
};

/// Stands nowhere else.
const PASSWORD: &str = "quite-another-word";

const PERMISSIONS: &str = include_str!("../../src-tauri/permissions/staff.toml");

/// What Tauri and the plugins that are linked in offer to pages, as the build has found it: what joins later is tried too.
const OFFERED: &str = include_str!(concat!(env!("OUT_DIR"), "/acl-manifests.json"));

/// All that our pages are granted of it. Not read from the capabilities: one that grants more has to fail here.
const LISTENING: [&str; 2] = ["plugin:event|listen", "plugin:event|unlisten"];

/// What well-known plugins would offer, none of which is here.
const ABSENT: [&str; 6] = [
    "plugin:fs|read_file",
    "plugin:http|fetch",
    "plugin:shell|execute",
    "plugin:opener|open_url",
    "plugin:process|exit",
    "no_such_command",
];

/// Calls each command and keeps what came of it.
const CALL: &str = "(window.refusals = {}, args.forEach((name) =>
    window.__TAURI_INTERNALS__.invoke(name, {}).then(() => (refusals[name] = 'granted'), (error) => (refusals[name] = JSON.stringify(error)))), true)";

/// Every way to have a text run, each of which leaves its name in `ran`. The page's own timer tries them: what the driver puts in itself could be
/// under rules of the driver's, a timer is under the page's.
const RUN: &str = "(() => {
    window.ran = [];
    window.refused = [];
    document.addEventListener('securitypolicyviolation', ({ originalPolicy }) => refused.push(originalPolicy));
    const leave = (name) => `void window.ran.push('${name}')`;
    const add = (tag, set) => {
      const element = document.createElement(tag);
      Object.entries(set).forEach(([name, value]) => element.setAttribute(name, value));
      return document.body.appendChild(element);
    };
    const attempts = [
      () => document.body.append(Object.assign(document.createElement('script'), { textContent: leave('a script element') })),
      () => add('button', { onclick: leave('an attribute') }).click(),
      () => add('a', { href: `javascript:${leave('a link')}` }).click(),
      () => eval(leave('eval')),
      () => new Function(leave('a function'))(),
      () => setTimeout(leave('a timer')),
    ];
    setTimeout(() => { for (const attempt of attempts) try { attempt(); } catch {} });
    return attempts.length;
})()";

/// Every way out of a page that there is.
const SEND: &str = "((to) => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
    const add = (tag, set) => document.body.append(Object.assign(document.createElement(tag), set));
    const attempts = [
      () => fetch(to + 'fetch').catch(() => 0),
      () => fetch(to + 'fetch', { mode: 'no-cors', method: 'POST', body: 'seen' }).catch(() => 0),
      () => { const request = new XMLHttpRequest(); request.open('GET', to + 'xhr'); request.send(); },
      () => navigator.sendBeacon(to + 'beacon', 'seen'),
      () => new WebSocket(to.replace('http', 'ws') + 'socket'),
      () => new EventSource(to + 'events'),
      () => new Worker(to + 'worker'),
      () => import(to + 'module.js').catch(() => 0),
      () => add('img', { src: to + 'image' }),
      () => add('script', { src: to + 'script' }),
      () => add('link', { rel: 'stylesheet', href: to + 'style' }),
      () => add('link', { rel: 'prefetch', href: to + 'prefetch' }),
      () => add('iframe', { src: to + 'frame' }),
      () => add('object', { data: to + 'object' }),
      () => add('embed', { src: to + 'embed' }),
      () => add('video', { src: to + 'video', autoplay: true }),
      () => add('style', { textContent: `body { background: url(${to}background) }` }),
      () => { const form = document.createElement('form'); form.action = to + 'form'; document.body.append(form); form.submit(); },
      () => window.open(to + 'window'),
      () => { location.href = to + 'location'; },
      () => { const link = document.createElement('a'); link.href = to + 'link'; document.body.append(link); link.click(); },
    ];
    for (const attempt of attempts) try { attempt(); } catch {}
    return attempts.length;
})(args[0])";

/// Whoever comes here was let out.
struct Outside {
    address: String,
    /// The first line of what each of them said.
    visits: Arc<Mutex<Vec<String>>>,
}

impl Outside {
    async fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("the loopback has a port");
        let port = listener.local_addr().expect("it has an address").port();
        let visits = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&visits);
        // It ends with the test's runtime.
        tokio::spawn(async move {
            while let Ok((visitor, _)) = listener.accept().await {
                let mut line = String::new();
                let mut said = BufReader::new(visitor);
                let _ = timeout(Duration::from_millis(300), said.read_line(&mut line)).await;
                seen.lock().expect("nobody panics with it").push(line);
            }
        });
        Self {
            address: format!("http://127.0.0.1:{port}/"),
            visits,
        }
    }

    /// Comes itself, after everybody else, and looks who was there.
    async fn assert_nobody_else_spoke(&self) {
        let address = self.address.trim_start_matches("http://").trim_end_matches('/');
        let mut last = TcpStream::connect(address).await.expect("it is open");
        last.write_all(b"the last\n").await.expect("it listens");
        within("the last visit", async {
            let is_last = |line: &String| line.contains("the last");
            while !self
                .visits
                .lock()
                .expect("nobody panics with it")
                .iter()
                .any(is_last)
            {
                tokio::task::yield_now().await;
            }
        })
        .await;
        let visits = self.visits.lock().expect("nobody panics with it");
        // WebKit opens a connection before it asks whether a page may go there, and closes it unused.
        let said: Vec<_> = visits.iter().filter(|line| !line.is_empty()).collect();
        assert_eq!(said, ["the last\n"], "nothing got out");
    }
}

/// The commands of a permission.
fn granted(permission: &str) -> Vec<String> {
    let part = PERMISSIONS
        .split("[[permission]]")
        .find(|part| part.contains(&format!("identifier = \"{permission}\"")))
        .expect("there is such a permission");
    let list = part.split('[').nth(1).and_then(|rest| rest.split(']').next());
    list.expect("it lists commands")
        .split(',')
        .map(|name| name.trim().trim_matches('"').to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

/// What [`OFFERED`] lists, by the names that pages call, but for [`LISTENING`].
fn never_granted() -> Vec<String> {
    let plugins: serde_json::Map<String, Value> = serde_json::from_str(OFFERED).expect("a list in JSON");
    let mut names = BTreeSet::new();
    for (plugin, offers) in plugins.iter().filter(|(plugin, _)| *plugin != "__app-acl__") {
        let plugin = plugin.trim_start_matches("core:");
        let permissions = offers["permissions"].as_object().expect("permissions");
        let commands = permissions
            .values()
            .filter_map(|permission| permission["commands"]["allow"].as_array())
            .flatten();
        names.extend(commands.filter_map(|name| Some(format!("plugin:{plugin}|{}", name.as_str()?))));
    }
    for name in LISTENING {
        assert!(names.remove(name), "{name} is offered: {names:?}");
    }
    assert!(names.len() > 150, "all that is offered: {names:?}");
    names.into_iter().collect()
}

/// Each is refused with words that hold these.
async fn assert_refused(window: &Window, names: &[String], with: &str) {
    let asked = names.iter().map(|name| json!(name)).collect();
    window.ask(CALL, asked).await;
    let refusals = window
        .until("an answer to each", "window.refusals", &[], |answer| {
            answer
                .as_object()
                .filter(|answers| answers.len() == names.len())
                .cloned()
        })
        .await;
    for (name, answer) in refusals {
        let words = answer.as_str().unwrap_or_default();
        assert!(words.contains(with), "{name}: {words}");
    }
}

async fn assert_absent_refused(window: &Window) {
    let absent = ABSENT.map(str::to_owned);
    assert_refused(window, &absent, "not found").await;
}

async fn assert_runs_no_text(window: &Window) {
    let attempts = window.ask(RUN, vec![]).await.as_u64();
    let attempts = attempts.expect("as many as were tried");
    let (ran, refused) = window
        .until("all to be tried", "[ran, refused]", &[], |answer| {
            let (ran, refused): (Vec<String>, Vec<String>) = serde_json::from_value(answer.clone()).ok()?;
            (!ran.is_empty() || refused.len() as u64 >= attempts).then_some((ran, refused))
        })
        .await;
    assert!(ran.is_empty(), "run all the same: {ran:?}");
    // Browsers pass over 'unsafe-inline' where a policy has hashes. Those are the framework's doing, and could end with its next version.
    let policy = &refused[0];
    assert!(
        policy.contains("script-src") && !policy.contains("'unsafe-"),
        "{policy}"
    );
}

async fn assert_kept_in(window: &Window, outside: &Outside) {
    let attempts = window.ask(SEND, vec![json!(outside.address)]).await;
    assert!(attempts.as_u64() > Some(20), "{attempts}");
    let refused = "['connect-src', 'img-src', 'script-src-elem', 'frame-src', 'form-action'].every((rule) => window.violations.includes(rule))";
    window.until_true("the policy to refuse", refused, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_in_a_staff_window_gets_no_command_but_ours_and_sends_nothing_anywhere() {
    let hotel = hotel(1).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    assert_refused(window, &never_granted(), "not allowed").await;
    assert_absent_refused(window).await;
    assert_runs_no_text(window).await;

    let outside = Outside::open().await;
    assert_kept_in(window, &outside).await;
    // What comes later on the same way has arrived, in the window that is still there.
    offer_from_elsewhere(&hotel.control(), "Nobody has gone anywhere").await;
    window.wait_for_synced("Nobody has gone anywhere").await;
    outside.assert_nobody_else_spoke().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_in_the_preview_gets_nothing_that_changes_and_sends_nothing_anywhere() {
    let hotel = hotel(1).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let preview = open_preview(&desk).await;
    let may = granted("preview");
    let mut names = granted("staff");
    assert!(names.len() > 40 && may.len() == 4, "{names:?} {may:?}");
    names.retain(|name| !may.contains(name));
    names.extend(never_granted());
    assert_refused(&preview, &names, "not allowed").await;
    assert_absent_refused(&preview).await;
    assert_runs_no_text(&preview).await;

    let outside = Outside::open().await;
    assert_kept_in(&preview, &outside).await;
    offer_from_elsewhere(&hotel.control(), "Nobody has gone anywhere").await;
    let shown = "document.body.innerText.includes('Nobody has gone anywhere')";
    preview.until_true("the preview to go on", shown, &[]).await;
    outside.assert_nobody_else_spoke().await;
}

/// Whether any value in an answer holds this text.
fn holds(value: &Value, text: &str) -> bool {
    value.to_string().contains(text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_the_token_nor_the_password_is_anywhere_in_the_page_or_in_an_answer() {
    let hotel = hotel(1).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.launch().await;
    let window = desk.window();
    // The users' own passwords are their names, which stand everywhere. One that is refused goes the same way.
    window.sign_in(DESK, PASSWORD).await;
    window
        .wait_for_words("signin-error", |words| !words.is_empty())
        .await;
    window.sign_in(DESK, DESK).await;
    window.wait_until_connection_is("live").await;
    let token = crate::scene::kept_token(&hotel, DESK).await;
    // Everything that can be asked without saying more.
    let answers = "Promise.all(['snapshot', 'sign_in_form', 'drafts', 'deleted_offers', 'time_zones', 'guest_preview', 'known_update', 'take_link']
        .map((name) => [name, {}]).concat([['activity', { before: null }]])
        .map(([name, more]) => window.__TAURI_INTERNALS__.invoke(name, more).catch((error) => error)))
        .then((answers) => done(answers))";
    let script = format!("const [done] = arguments; {answers};");
    let answers = window.run_async(&script, vec![]).await.expect("answers");
    let page = window
        .ask(
            "[document.documentElement.outerHTML, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie,
              ...[...document.querySelectorAll('input')].map((field) => field.value)]",
            vec![],
        )
        .await;
    for (what, value) in [("answers", &answers), ("page", &page)] {
        assert!(!holds(value, &token), "the {what} hold the token");
        assert!(!holds(value, PASSWORD), "the {what} hold a password");
    }
    assert!(holds(&answers, DESK), "they were given: {answers}");
    let fields = window
        .ask("document.querySelectorAll('input[type=password]').length", vec![])
        .await;
    assert_eq!(fields, 0, "no password is left standing");
}
