//! Signing in and out, and where the token comes from.

use std::time::Duration;

use api::{ApiBase, Token};
use cache::session::SessionRow;
use cache::{Account, AccountId};
use model::HotelSlug;
use serde::{Deserialize, Serialize};
use url::Host;

use super::desk::{Desk, Expiry, IN_TRANSIT};
use super::{Engine, Purpose};
use crate::effect::{
    Call, Credentials, Demo, Effect, LiveId, LiveTarget, Password, Reply, Ticket, TokenName, TokenPlace,
};
use crate::problem::{AppError, ErrorCode};
use crate::view::{SignInForm, TokenKept, ViewChange};

/// In the place of an address for the embedded demo hotel, whose port may differ from run to run.
const DEMO: &str = "demo";
/// How long the list is left alone after a turn that could not be kept.
const RELOADED_WAIT: Duration = Duration::from_secs(10);

/// A sign-in under way.
#[derive(Debug)]
pub(super) struct SigningIn {
    /// Who waits for it; nobody when the demo hotel is entered again at start.
    pub(super) ticket: Option<Ticket>,
    form: SignInForm,
    demo: bool,
}

/// The session before a turn. See [`Engine::reload`].
#[derive(Debug)]
pub(super) struct Standing {
    who: Option<Who>,
    target: SignInForm,
    form: SignInForm,
    last_live: LiveId,
    pub(super) last_call: u64,
}

#[derive(Debug)]
struct Who {
    id: AccountId,
    account: Account,
    demo: bool,
    token: Option<Token>,
    token_kept: TokenKept,
    expired: Option<Expiry>,
    listed: bool,
}

/// What the session row remembers as JSON.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Remembered {
    form: SignInForm,
    demo: bool,
}

impl Engine {
    /// Picks up the last session, before anybody asks.
    pub(super) fn resume(&mut self, given: Option<SignInForm>) -> cache::Result<()> {
        let row = self.cache.session()?;
        let remembered: Remembered = row
            .as_ref()
            .and_then(|row| serde_json::from_str(&row.form).ok())
            .unwrap_or_default();
        self.form = match given {
            // Whoever worked here last is likely the next.
            Some(given) if is_same_server(&given.api_url, &remembered.form.api_url) => SignInForm {
                username: remembered.form.username.clone(),
                ..given
            },
            Some(given) => given,
            None => remembered.form.clone(),
        };
        let Some(id) = row.and_then(|row| row.account) else {
            return Ok(());
        };
        let Some(account) = self.cache.account(id)? else {
            return Ok(());
        };
        let desk = Desk::load(
            &self.cache,
            id,
            account,
            remembered.demo,
            self.tick,
            self.now.since_start,
        )?;
        let name = desk.token_name();
        self.desk = Some(desk);
        self.live.target = remembered.form;
        self.effects.push(if remembered.demo {
            Effect::StartDemo
        } else {
            Effect::LoadToken(name)
        });
        Ok(())
    }

    /// What [`Engine::start`] wants done; the driver asks once, before the first turn.
    pub fn first_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// What a sign-in begins with. A session that only has to be renewed goes on with its own server, whatever the environment names by
    /// now: its user's password is nobody else's.
    pub(super) fn sign_in_form(&self) -> SignInForm {
        match &self.desk {
            Some(desk) if !desk.demo => self.live.target.clone(),
            _ => self.form.clone(),
        }
    }

    pub(super) fn sign_in(
        &mut self,
        ticket: Option<Ticket>,
        form: SignInForm,
        password: Password,
        demo: bool,
    ) -> cache::Result<()> {
        match check(&form) {
            Ok(base) => {
                self.end_earlier_sign_in("Another sign-in took over.");
                let username = form.username.trim().to_owned();
                self.signing_in = Some(SigningIn { ticket, form, demo });
                self.call(
                    Purpose::SignIn,
                    Call::SignIn {
                        base,
                        username,
                        password,
                    },
                );
            }
            Err(error) => self.finish_sign_in(ticket, Err(error)),
        }
        Ok(())
    }

    pub(super) fn sign_in_demo(&mut self, ticket: Option<Ticket>) -> cache::Result<()> {
        self.end_earlier_sign_in("Another sign-in took over.");
        self.signing_in = Some(SigningIn {
            ticket,
            form: SignInForm::default(),
            demo: true,
        });
        self.effects.push(Effect::StartDemo);
        Ok(())
    }

    /// One sign-in at a time: the answer to another one would be taken for the answer to this. A late answer, and the token it
    /// carries, is nobody's.
    fn end_earlier_sign_in(&mut self, words: &str) {
        self.calls
            .retain(|_, call| !matches!(call.purpose, Purpose::SignIn));
        if let Some(earlier) = self.signing_in.take().and_then(|signing_in| signing_in.ticket) {
            self.reply(earlier, Err(AppError::new(ErrorCode::Internal, words)));
        }
    }

    pub(super) fn demo_started(&mut self, demo: Result<Demo, String>) {
        let is_wanted = match &self.signing_in {
            Some(signing_in) => signing_in.demo,
            // The demo hotel of the last run, entered again at start.
            None => self
                .desk
                .as_ref()
                .is_some_and(|desk| desk.demo && desk.token.is_none()),
        };
        if !is_wanted {
            return;
        }
        let ticket = self.signing_in.take().and_then(|signing_in| signing_in.ticket);
        match demo {
            Ok(Demo { form, password }) => {
                let done = self.sign_in(ticket, form, Password(password), true);
                debug_assert!(done.is_ok(), "nothing was stored yet");
            }
            Err(why) => {
                let message = format!("The demo hotel could not be started: {why}");
                self.finish_sign_in(ticket, Err(AppError::new(ErrorCode::Internal, message)));
            }
        }
    }

    pub(super) fn signed_in(&mut self, answer: Result<api::SignedIn, api::Error>) -> cache::Result<()> {
        let Some(SigningIn { ticket, form, demo }) = self.signing_in.take() else {
            return Ok(());
        };
        let error = match answer {
            Ok(api::SignedIn {
                hotel: Some(hotel),
                token,
                ..
            }) => {
                // Whoever waits is told even if nothing can be kept.
                self.asked.extend(ticket);
                self.enter(form, demo, hotel, token)?;
                self.finish_sign_in(ticket, Ok(()));
                return Ok(());
            }
            Ok(signed_in) => AppError::new(
                ErrorCode::NoHotel,
                format!(
                    "{} belongs to no hotel, so there are no offers to manage.",
                    signed_in.username
                ),
            ),
            Err(error @ api::Error::Refused { status: 400, .. }) => {
                let error = AppError::from(&error);
                let fields = error
                    .fields
                    .filter(|fields| !fields.contains_key("non_field_errors"));
                AppError {
                    code: ErrorCode::WrongCredentials,
                    fields,
                    ..error
                }
            }
            Err(error) => AppError::from(&error),
        };
        self.finish_sign_in(ticket, Err(error));
        Ok(())
    }

    fn finish_sign_in(&mut self, ticket: Option<Ticket>, outcome: Result<(), AppError>) {
        if let (Err(error), None, Some(desk)) = (&outcome, ticket, &mut self.desk) {
            // The demo hotel of the last run does not let us in: the cached offers stay, and the words say why.
            desk.expired = Some(Expiry::here(error.message.clone()));
        }
        if let Some(ticket) = ticket {
            self.reply(ticket, outcome.map(|()| Reply::Done));
        }
    }

    fn enter(&mut self, form: SignInForm, demo: bool, hotel: api::Hotel, token: Token) -> cache::Result<()> {
        let account = Account {
            api_url: if demo {
                DEMO.to_owned()
            } else {
                self.address_of_account(&form, &hotel.slug)?
            },
            username: form.username.trim().to_owned(),
            hotel_id: hotel.id,
            hotel_slug: hotel.slug,
            hotel_name: hotel.name,
            last_synced: None,
        };
        let id = self.cache.upsert_account(&account)?;
        self.remember(Some(id), &form, demo)?;
        let account = self.cache.account(id)?.unwrap_or(account);
        if let Some(desk) = self.desk.as_mut().filter(|desk| desk.id == id) {
            // The hotel may have another name by now, and another id.
            desk.account = account;
        } else {
            let mut desk = Desk::load(&self.cache, id, account, demo, self.tick, self.now.since_start)?;
            self.leave()?;
            desk.races = self.races_left.remove(&id).unwrap_or_default();
            self.desk = Some(desk);
            self.settle_time_zone()?;
            self.changes.push(ViewChange::Reset);
        }
        if !demo {
            self.form = SignInForm {
                allow_insecure: form.allow_insecure,
                ..form.clone()
            };
        }
        if let Some(desk) = &mut self.desk {
            desk.expired = None;
            desk.token_kept = if demo { TokenKept::Keyring } else { desk.token_kept };
            // The demo hotel lets anybody in; its tokens are worth nothing and end with it.
            if !demo {
                self.effects.push(Effect::StoreToken(
                    desk.token_name(),
                    token.clone(),
                    TokenPlace::Keyring,
                ));
            }
        }
        self.live.target = form;
        self.begin(token);
        Ok(())
    }

    /// The server's address as this user's account has it. One that is kept under another spelling goes on under that, and with it
    /// what waits there. Where there are several, which releases made that told spellings apart: the one that is open, else one with
    /// changes waiting, else the one that was typed.
    fn address_of_account(&self, form: &SignInForm, hotel: &HotelSlug) -> cache::Result<String> {
        let typed = form.api_url.trim().trim_end_matches('/');
        let mut kept = self.cache.accounts_of(form.username.trim(), hotel)?;
        kept.retain(|(_, account)| is_same_server(&account.api_url, typed));
        let open = self.desk.as_ref().map(|desk| desk.id);
        let waits = |id| self.cache.operations(id).map(|waiting| !waiting.is_empty());
        let mut best = None;
        for (id, account) in kept {
            let rank = (Some(id) == open, waits(id)?, account.api_url == typed);
            if best.as_ref().is_none_or(|(known, _)| rank > *known) {
                best = Some((rank, account.api_url));
            }
        }
        let canonical = || ApiBase::parse(typed).map_or_else(|_| typed.to_owned(), |base| base.to_string());
        Ok(best.map_or_else(canonical, |(_, api_url)| api_url))
    }

    /// The token is there: staff requests and live updates start.
    fn begin(&mut self, token: Token) {
        let form = self.live.target.clone();
        let Some(desk) = &mut self.desk else { return };
        let base = match ApiBase::parse(form.api_url.trim()) {
            Ok(base) => base,
            Err(error) => {
                desk.expired = Some(Expiry::here(error.to_string()));
                return;
            }
        };
        desk.token = Some(token.clone());
        desk.expired = None;
        desk.insist(self.now);
        let credentials = Credentials {
            base,
            token,
            hotel_id: desk.account.hotel_id,
            hotel_slug: desk.account.hotel_slug.clone(),
        };
        self.effects
            .push(Effect::Credentials(Some(Box::new(credentials))));
        let channel = desk.account.hotel_slug.channel();
        self.connect(LiveTarget { form, channel });
    }

    pub(super) fn token_loaded(&mut self, name: &TokenName, token: Option<(Token, TokenKept)>) {
        let Some(desk) = &mut self.desk else { return };
        // A slow keyring may answer for a session that has ended meanwhile.
        if desk.demo || desk.token.is_some() || desk.token_name() != *name {
            return;
        }
        match token {
            Some((token, kept)) => {
                desk.token_kept = kept;
                self.begin(token);
            }
            None => {
                let words = "This computer does not keep you signed in. Sign in again to go on.";
                desk.expired = Some(Expiry::here(words));
            }
        }
    }

    pub(super) fn token_stored(&mut self, name: &TokenName, kept: TokenKept) {
        if let Some(desk) = self.desk.as_mut().filter(|desk| desk.token_name() == *name) {
            desk.token_kept = kept;
        }
    }

    /// The server takes that token until somebody there ends its session: whoever has signed out must know.
    pub(super) fn token_left(&mut self, name: &TokenName) {
        if self.desk.is_some() {
            return;
        }
        let left = format!(
            "You are signed out, but this computer still holds the sign-in of {}: its keyring did not let go of it. Remove \
             “hotelmate-console” there, or ask an administrator to end the session at the server.",
            name.username
        );
        self.at_the_door = Some(match self.sign_out_that_is_not_noted() {
            Some(words) => format!("{left} {words}"),
            None => left,
        });
    }

    /// Where nothing can be kept the file goes on naming whoever was signed in when it could be written last, and so does the next start.
    fn sign_out_that_is_not_noted(&self) -> Option<&'static str> {
        let words = "The sign-out could not be noted on this computer: when the console starts again, it may show the offers of whoever \
                     was signed in before. Sign out there once more.";
        (!self.cache.is_kept()).then_some(words)
    }

    /// The server no longer takes the token. What is cached stays, what waits waits.
    pub(super) fn expire(&mut self, words: &str) {
        let Some(desk) = &mut self.desk else { return };
        if desk.expired.is_some() {
            return;
        }
        tracing::warn!("the server no longer takes the token");
        desk.expired = Some(Expiry {
            words: words.to_owned(),
            by_server: true,
        });
        desk.token = None;
        desk.reading.reset();
        desk.lookups.clear();
        desk.uploads.clear();
        let name = desk.token_name();
        if !desk.demo {
            self.effects.push(Effect::ForgetToken(name));
        }
        self.effects.push(Effect::Credentials(None));
        // Answers still to come were asked for with the old token: all of these requests are lost sight of now.
        let now = self.now.since_start;
        let calls = std::mem::take(&mut self.calls);
        if let Some(desk) = &mut self.desk {
            for call in calls.values() {
                match &call.purpose {
                    Purpose::Send(id) => {
                        if let Some(operation) = desk.operation(*id) {
                            operation.in_transit_until = now + IN_TRANSIT;
                        }
                    }
                    Purpose::Picture(url) => {
                        if let Some(wanted) = desk.wanted.get_mut(url) {
                            wanted.not_before = now;
                        }
                    }
                    Purpose::SignIn | Purpose::List | Purpose::Read(..) | Purpose::PublicPage => {}
                }
            }
            desk.touch_all();
        }
        self.calls = calls
            .into_iter()
            .filter(|(_, call)| matches!(call.purpose, Purpose::SignIn))
            .collect();
    }

    pub(super) fn sign_out(&mut self) -> cache::Result<()> {
        // Also one that only renews the session: its answer would sign in again whoever has left.
        self.end_earlier_sign_in("You have signed out.");
        let Some(desk) = &self.desk else { return Ok(()) };
        self.at_the_door = self.sign_out_that_is_not_noted().map(str::to_owned);
        if !desk.demo {
            self.effects.push(Effect::ForgetToken(desk.token_name()));
        }
        let form = if desk.demo {
            self.form.clone()
        } else {
            self.live.target.clone()
        };
        self.remember(None, &form, false)?;
        self.leave()?;
        self.settle_time_zone()?;
        self.changes.push(ViewChange::Reset);
        Ok(())
    }

    fn leave(&mut self) -> cache::Result<()> {
        // What is settled in the turn of the sign-out is told as well.
        self.watch_races();
        self.end_leaving("The session has ended.");
        // What was noted until here names this account's offers: the next one must not read it.
        self.publish_notes()?;
        // Their editors close.
        self.drafts_on_screen.clear();
        if let Some(desk) = self.desk.take() {
            self.races_left.insert(desk.id, desk.races);
        }
        self.unreachable = false;
        self.calls
            .retain(|_, call| matches!(call.purpose, Purpose::SignIn));
        self.effects.push(Effect::Credentials(None));
        self.disconnect();
        Ok(())
    }

    fn remember(&self, account: Option<AccountId>, form: &SignInForm, demo: bool) -> cache::Result<()> {
        let form = serde_json::to_string(&Remembered {
            form: form.clone(),
            demo,
        })?;
        self.cache.set_session(&SessionRow { account, form })
    }

    /// What a turn that cannot be kept goes back to, as far as it is not on disk.
    pub(super) fn standing(&self) -> Standing {
        Standing {
            who: self.desk.as_ref().map(|desk| Who {
                id: desk.id,
                account: desk.account.clone(),
                demo: desk.demo,
                token: desk.token.clone(),
                token_kept: desk.token_kept,
                expired: desk.expired.clone(),
                listed: desk.listed,
            }),
            target: self.live.target.clone(),
            form: self.form.clone(),
            last_live: self.last_live,
            last_call: self.last_call,
        }
    }

    /// Goes on from what is on disk after a turn that could not be kept, with the session as it stood before it.
    pub(super) fn reload(&mut self, before: Standing, words: String) {
        let Standing {
            who,
            target,
            form,
            last_live,
            ..
        } = before;
        let same_account = who.as_ref().map(|who| who.id) == self.desk.as_ref().map(|desk| desk.id);
        let same_token = who.as_ref().map(|who| &who.token) == self.desk.as_ref().map(|desk| &desk.token);
        let changed = !same_account || !same_token || last_live != self.last_live;
        self.form = form;
        self.live.target = target;
        let held = self.desk.take();
        let mut token = None;
        if let Some(who) = who {
            token = who.token.clone();
            let account = self.cache.account(who.id).ok().flatten().unwrap_or(who.account);
            let mut desk = match Desk::load(
                &self.cache,
                who.id,
                account,
                who.demo,
                self.tick,
                self.now.since_start,
            ) {
                Ok(desk) => desk,
                // Not even reading works: what we hold is the last good state, if it is that account's.
                Err(error) => {
                    tracing::error!(%error, "what is on disk cannot be read");
                    match held.filter(|held| held.id == who.id) {
                        Some(held) => held,
                        None => return self.tell_of_reload(),
                    }
                }
            };
            desk.token = who.token;
            desk.token_kept = who.token_kept;
            desk.expired = who.expired;
            desk.listed = who.listed;
            desk.list_problem = Some(words);
            // A disk that is full now is full for a while.
            desk.reading.reset();
            desk.reading.failed(self.now, Some(RELOADED_WAIT), &mut self.rng);
            for operation in &mut desk.outbox {
                operation.rest.put_off(self.now.since_start, RELOADED_WAIT, None);
            }
            if desk.token.is_none() && desk.expired.is_none() {
                // The word of the keyring, or of the demo hotel, may have been lost with the turn.
                let name = desk.token_name();
                self.effects.push(if desk.demo {
                    Effect::StartDemo
                } else {
                    Effect::LoadToken(name)
                });
            }
            self.desk = Some(desk);
        }
        self.go_back_to_settings();
        if changed {
            match token {
                Some(token) => self.begin(token),
                None => {
                    self.effects.push(Effect::Credentials(None));
                    self.disconnect();
                }
            }
        }
        self.tell_of_reload();
    }

    fn tell_of_reload(&mut self) {
        self.changes.push(ViewChange::Reset);
        self.gather_changes();
        // They could not be kept either.
        self.notes.clear();
        self.send_changes();
    }

    fn connect(&mut self, target: LiveTarget) {
        self.last_live = LiveId(self.last_live.0 + 1);
        self.live.restart();
        if target.form.pusher_key.trim().is_empty() {
            self.live.unavailable("Live updates are off: no Pusher key is set. Changes from elsewhere show within half a minute.");
            self.effects.push(Effect::Disconnect);
        } else {
            self.effects
                .push(Effect::Connect(self.last_live, Box::new(target)));
        }
    }

    fn disconnect(&mut self) {
        self.last_live = LiveId(self.last_live.0 + 1);
        self.live.restart();
        self.effects.push(Effect::Disconnect);
    }
}

/// Whether a form can be used at all, and safely: said at the field that has to change.
pub(crate) fn check(form: &SignInForm) -> Result<ApiBase, AppError> {
    let at = |field: &str, message: String| AppError::invalid([(field.to_owned(), vec![message])].into());
    if form.api_url.trim().is_empty() {
        return Err(at(
            "apiUrl",
            "Enter the server's address, e.g. https://hotel.example/api.".to_owned(),
        ));
    }
    let base = ApiBase::parse(form.api_url.trim()).map_err(|error| at("apiUrl", error.to_string()))?;
    if form.allow_insecure {
        return Ok(base);
    }
    if base.is_plain_http() && !base.is_loopback() {
        let message = "This address is not encrypted: others on the network could read the password. Use https, or agree to go on.";
        return Err(AppError::new(ErrorCode::Insecure, message));
    }
    let host = form.pusher_host.trim();
    if !form.pusher_tls && !host.is_empty() && !is_loopback_host(host) {
        let message = "Live updates from this server would not be encrypted. Use TLS, or agree to go on.";
        return Err(AppError::new(ErrorCode::Insecure, message));
    }
    Ok(base)
}

/// Whether two addresses, as people spell them, are one.
pub(super) fn is_same_server(one: &str, other: &str) -> bool {
    match (ApiBase::parse(one), ApiBase::parse(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one.trim() == other.trim(),
    }
}

fn is_loopback_host(host: &str) -> bool {
    // People type an IPv6 address with and without its brackets.
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let host = match bare.parse() {
        Ok(address) => Ok(Host::Ipv6(address)),
        Err(_) => Host::parse(bare),
    };
    host.is_ok_and(|host| api::is_loopback(&host))
}
