//! What people do at their desks, and what happens to the desks.

use std::time::Duration;

use jiff::SignedDuration;
use model::{Field, OfferFields, OfferKey};
use serde_json::Value;
use sync::effect::{Ask, Event, Password, Reply};
use sync::problem::ErrorCode;
use sync::view::{
    Choice, FieldConflict, PhotoChange, Side, SignInForm, SyncState, ViewOffer, WaitingChanges,
};

use crate::plan::Deed;
use crate::promises::{Promise, What};
use crate::server::text;
use crate::stats::count;
use crate::world::World;

/// The fields that people edit here, each with values used once.
const EDITED: [Field; 5] = [
    Field::Title,
    Field::ShortDescription,
    Field::Tag,
    Field::SortOrder,
    Field::DetailsHtml,
];

/// Makes an event too large for Pusher.
const LARGE: usize = 11_000;

impl World {
    pub(crate) fn carry_out(&mut self, desk: usize, deed: Deed) {
        match deed {
            Deed::OutsideCreate
            | Deed::OutsideEdit { .. }
            | Deed::OutsideDelete { .. }
            | Deed::OutsidePhoto { .. } => {
                self.outside(deed);
            }
            Deed::TokensExpire => {
                count(&mut self.stats.tokens_expired);
                self.server.expire_tokens();
            }
            Deed::ServerDown => self.stop_server(),
            Deed::ServerUp => self.server_up = true,
            Deed::LineDown => self.line_down(desk),
            Deed::LineUp => self.desks[desk].line_up = true,
            _ if !self.desks[desk].runs() => {}
            Deed::Restart => {
                count(&mut self.stats.restarts);
                self.restart(desk);
            }
            Deed::Crash { in_turn: true } => self.desks[desk].dies_in_turn = true,
            Deed::Crash { in_turn: false } => {
                count(&mut self.stats.crashes);
                self.restart(desk);
            }
            Deed::SocketCut => {
                let wait = self.millis(0, 3_000);
                self.cut_socket(desk, wait);
            }
            Deed::Sleep { seconds } => self.sleep(desk, Duration::from_secs(seconds.into())),
            Deed::ClockJump { seconds } => {
                count(&mut self.stats.clock_jumps);
                self.desks[desk].set_clock(SignedDuration::from_secs(seconds.into()));
                self.happen(desk, Event::Tick);
            }
            Deed::SignIn { manager } => {
                if !self.desks[desk].window.is_signed_in() {
                    self.sign_in(desk, if manager { "manager" } else { "frontdesk" });
                }
            }
            deed => {
                let user = self.desks[desk].window.user().map(str::to_owned);
                if let Some(user) = user {
                    self.at_work(desk, &user, deed);
                }
            }
        }
    }

    pub(crate) fn sign_in(&mut self, desk: usize, username: &str) {
        let form = SignInForm {
            api_url: "https://hotel.example/api".to_owned(),
            pusher_key: "key".to_owned(),
            username: username.to_owned(),
            ..SignInForm::default()
        };
        self.ask(
            desk,
            Ask::SignIn {
                form: Box::new(form),
                password: Password(username.to_owned()),
            },
        );
    }

    fn at_work(&mut self, desk: usize, user: &str, deed: Deed) {
        let pointed = |world: &mut Self, number| {
            let offer = world.desks[desk].window.nth(number).cloned()?;
            let mark = &offer.fields.details_text;
            let shown = &world.desks[desk].window.offers;
            world
                .promises
                .recognise(desk, user, offer.key, mark, |new| shown.contains_key(&new));
            Some(offer)
        };
        match deed {
            Deed::Create { photo } => self.create(desk, user, photo),
            Deed::Edit { offer, fields, stale } => {
                if let Some(offer) = pointed(self, offer) {
                    self.edit(desk, user, &offer, fields, stale);
                }
            }
            Deed::OpenEditor { offer } => {
                if let Some(offer) = pointed(self, offer) {
                    self.desks[desk].editors.insert(offer.key, offer.fields);
                }
            }
            Deed::Delete { offer } => {
                if let Some(offer) = pointed(self, offer) {
                    self.delete(desk, user, &offer);
                }
            }
            Deed::SetPhoto { offer } => {
                if let Some(offer) = pointed(self, offer) {
                    let number = self.number();
                    let photo = self.server.stage(number);
                    let hash = photo.hash;
                    // Kept or not, it may have taken the place of an earlier one.
                    let is_touched = |what: &What| matches!(what, What::Photo(_) | What::Delete);
                    self.promises.release(desk, user, offer.key, is_touched);
                    if self.change_photo(desk, offer.key, PhotoChange::Set(photo)) {
                        self.promise(desk, user, offer.key, What::Photo(hash));
                    }
                }
            }
            Deed::RemovePhoto { offer } => {
                if let Some(offer) = pointed(self, offer) {
                    let is_touched = |what: &What| matches!(what, What::Photo(_) | What::Delete);
                    self.promises.release(desk, user, offer.key, is_touched);
                    self.change_photo(desk, offer.key, PhotoChange::Remove);
                }
            }
            Deed::Retry { offer } => {
                if let Some(offer) = pointed(self, offer) {
                    // Deleted elsewhere, or perhaps created before: whoever tries again wants one more.
                    let makes_one_more = |code| matches!(code, ErrorCode::NotFound | ErrorCode::Server);
                    if offer
                        .problem
                        .as_ref()
                        .is_some_and(|problem| makes_one_more(problem.code))
                    {
                        self.promises.created_anew(&offer.fields.details_text);
                        // What was deleted, and may be there all the same, is wanted again.
                        self.promises
                            .release(desk, user, offer.key, |what| *what == What::Delete);
                    }
                    self.ask(desk, Ask::Retry(offer.key));
                }
            }
            Deed::Discard { offer } => {
                if let Some(offer) = pointed(self, offer) {
                    self.discard(desk, user, &offer);
                }
            }
            Deed::Resolve { offer, mine } => {
                if let Some(offer) = pointed(self, offer) {
                    self.resolve(desk, user, &offer, mine);
                }
            }
            Deed::RetryNow => drop(self.ask(desk, Ask::RetryNow)),
            Deed::SignOut { waiting } => self.sign_out(desk, user, waiting),
            Deed::Reorder { offer, before } => {
                if let Some(offer) = pointed(self, offer) {
                    let before = before.and_then(|number| pointed(self, number));
                    let ask = Ask::Reorder {
                        key: offer.key,
                        before: before.map(|offer| offer.key),
                        window: "console-1".to_owned(),
                    };
                    // It may write the order of any offer, in the place of what was written there before.
                    let keys: Vec<_> = self.desks[desk].window.offers.keys().copied().collect();
                    let is_order =
                        |what: &What| matches!(what, What::Edit(Field::SortOrder, _) | What::Delete);
                    for key in keys {
                        self.promises.release(desk, user, key, is_order);
                    }
                    self.ask(desk, ask);
                }
            }
            Deed::RestoreFirst { offer } => {
                if let Some(offer) = pointed(self, offer) {
                    self.restore_first(desk, user, &offer);
                }
            }
            other => unreachable!("{other:?} is not done by a user"),
        }
    }

    fn sign_out(&mut self, desk: usize, user: &str, waiting: u8) {
        count(&mut self.stats.sign_outs);
        let waiting = match waiting {
            0 => None,
            1 => Some(WaitingChanges::SendFirst),
            2 => Some(WaitingChanges::Keep),
            _ => Some(WaitingChanges::Discard),
        };
        let answer = self.ask(desk, Ask::SignOut(waiting));
        let is_done = !matches!(answer, Some(Err(_)));
        if waiting == Some(WaitingChanges::Discard) && is_done {
            self.promises.release_all(desk, user);
        }
        if matches!(waiting, Some(WaitingChanges::Discard | WaitingChanges::Keep)) && is_done {
            // Who leaves a change in doubt behind does not wait to hear what it has replaced.
            self.desks[desk].heard.clear();
        }
    }

    fn restore_first(&mut self, desk: usize, user: &str, offer: &ViewOffer) {
        let Some(Ok(Reply::Versions(versions))) = self.ask(desk, Ask::History(offer.key)) else {
            return;
        };
        let Some(first) = versions.last() else { return };
        let Some(Ok(Reply::Version(version))) = self.ask(desk, Ask::Version(first.id)) else {
            return;
        };
        // An edit of every field that differs.
        self.promises
            .release(desk, user, offer.key, |what| !matches!(what, What::Create(_)));
        let ask = Ask::Restore {
            version,
            photo: None,
            window: "console-1".to_owned(),
        };
        self.ask(desk, ask);
    }

    fn create(&mut self, desk: usize, user: &str, photo: bool) {
        let number = self.number();
        let mark = format!("mark {number}");
        let photo = photo.then(|| self.server.stage(number));
        let ask = Ask::Create {
            fields: Box::new(OfferFields {
                title: format!("title {number}"),
                short_description: format!("short {number}"),
                details_text: mark.clone(),
                details_html: String::new(),
                valid_from: None,
                valid_to: None,
                tag: String::new(),
                book_now_url: String::new(),
                sort_order: 0,
                is_active: true,
            }),
            photo: photo.clone(),
            window: "console-1".to_owned(),
        };
        if let Some(Ok(Reply::Created(key))) = self.ask(desk, ask) {
            self.promise(desk, user, key, What::Create(mark));
            if let Some(photo) = photo {
                self.promise(desk, user, key, What::Photo(photo.hash));
            }
        }
    }

    fn edit(&mut self, desk: usize, user: &str, offer: &ViewOffer, fields: u8, stale: bool) {
        let opened = self.desks[desk].editors.remove(&offer.key).filter(|_| stale);
        let before = opened.unwrap_or_else(|| offer.fields.clone());
        let mut after = before.clone();
        let edited: Vec<Field> = (0..5)
            .filter(|bit| fields & (1 << bit) != 0)
            .map(|bit| EDITED[bit])
            .collect();
        for field in &edited {
            let number = self.number();
            match field {
                Field::Title => after.title = format!("title {number}"),
                Field::ShortDescription => after.short_description = format!("short {number}"),
                Field::Tag => after.tag = format!("tag {number}"),
                Field::SortOrder => after.sort_order = u32::try_from(number).expect("few numbers"),
                _ => after.details_html = format!("html {number} {}", "x".repeat(LARGE)),
            }
        }
        let ask = Ask::Update {
            key: offer.key,
            patch: Box::new(before.patch_to(&after)),
            photo: None,
            window: "console-1".to_owned(),
        };
        let answer = self.ask(desk, ask);
        if !matches!(answer, Some(Err(_))) {
            // Whoever edits what was to be deleted keeps it.
            self.promises
                .release(desk, user, offer.key, |what| *what == What::Delete);
        }
        if answer.is_none() {
            // Perhaps it was kept all the same, and has taken the place of what was promised before.
            let is_touched = |what: &What| matches!(what, What::Edit(field, _) if edited.contains(field));
            self.promises.release(desk, user, offer.key, is_touched);
        }
        if let Some(Ok(_)) = answer {
            for field in edited {
                self.promise(desk, user, offer.key, What::Edit(field, text(&after.get(field))));
            }
        }
    }

    fn delete(&mut self, desk: usize, user: &str, offer: &ViewOffer) {
        let ask = Ask::Delete {
            key: offer.key,
            window: "console-1".to_owned(),
        };
        match self.ask(desk, ask) {
            Some(Err(_)) => {}
            answer => {
                self.promises.release(desk, user, offer.key, |_| true);
                if answer.is_some() {
                    self.promise(desk, user, offer.key, What::Delete);
                }
            }
        }
    }

    fn change_photo(&mut self, desk: usize, key: OfferKey, photo: PhotoChange) -> bool {
        let ask = Ask::Update {
            key,
            patch: Box::default(),
            photo: Some(photo),
            window: "console-1".to_owned(),
        };
        matches!(self.ask(desk, ask), Some(Ok(_)))
    }

    fn discard(&mut self, desk: usize, user: &str, offer: &ViewOffer) {
        if offer.sync == SyncState::Synced {
            return;
        }
        if !matches!(self.ask(desk, Ask::Discard(offer.key)), Some(Err(_))) {
            self.promises.release(desk, user, offer.key, |_| true);
        }
    }

    fn resolve(&mut self, desk: usize, user: &str, offer: &ViewOffer, mine: bool) {
        let side = if mine { Side::Mine } else { Side::Theirs };
        let fields: Vec<Field> = offer.conflicts.iter().map(|conflict| conflict.field).collect();
        let choice = |conflict: &FieldConflict| Choice {
            field: conflict.field,
            side,
            theirs: conflict.theirs.clone(),
        };
        let choices = offer.conflicts.iter().map(choice).collect();
        let answer = self.ask(desk, Ask::Resolve(offer.key, choices));
        if !mine && !matches!(answer, Some(Err(_))) {
            let is_given_up = |what: &What| matches!(what, What::Edit(field, _) if fields.contains(field));
            self.promises.release(desk, user, offer.key, is_given_up);
        }
    }

    fn promise(&mut self, desk: usize, user: &str, key: OfferKey, what: What) {
        count(&mut self.stats.accepted);
        self.promises.make(Promise {
            desk,
            user: user.to_owned(),
            key,
            what,
        });
    }

    fn outside(&mut self, deed: Deed) {
        count(&mut self.stats.outside_edits);
        let now = self.wall();
        let offers = self.server.offers();
        let pointed = |number: usize| (!offers.is_empty()).then(|| offers[number % offers.len()].id);
        let number = self.number();
        let broadcasts = match deed {
            Deed::OutsideCreate => self.server.outside_create(&format!("outside {number}"), now),
            Deed::OutsideEdit { offer, field } => match pointed(offer) {
                Some(id) => {
                    let field = EDITED[usize::from(field)];
                    let value = match field {
                        Field::SortOrder => Value::from(number),
                        _ => Value::from(format!("outside {number}")),
                    };
                    self.server.outside_edit(id, field, value, now)
                }
                None => return,
            },
            Deed::OutsideDelete { offer } => match pointed(offer) {
                Some(id) => self.server.outside_delete(id),
                None => return,
            },
            Deed::OutsidePhoto { offer } => match pointed(offer) {
                Some(id) => {
                    let photo = self.server.stage(number);
                    self.server.outside_photo(id, &photo, now)
                }
                None => return,
            },
            _ => return,
        };
        self.broadcast(broadcasts);
    }

    fn stop_server(&mut self) {
        count(&mut self.stats.servers_down);
        self.server_up = false;
        for desk in 0..self.desks.len() {
            let wait = self.millis(0, 2_000);
            self.cut_socket(desk, wait);
        }
    }

    fn line_down(&mut self, desk: usize) {
        count(&mut self.stats.lines_down);
        self.desks[desk].line_up = false;
        // Half open: nothing says so until a ping has found no answer.
        let wait = self.millis(0, 60_000);
        self.cut_socket(desk, wait);
    }

    fn sleep(&mut self, desk: usize, time: Duration) {
        count(&mut self.stats.sleeps);
        self.desks[desk].fall_asleep();
        let epoch = self.desks[desk].epoch;
        self.later(time, move |world| {
            world.desks[desk].wake(time);
            if world.desks[desk].epoch != epoch {
                return;
            }
            world.happen(desk, Event::Tick);
            world.dial(desk, Duration::from_secs(2));
        });
    }
}
