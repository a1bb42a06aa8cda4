//! When something is told by the system's notifications, and what of it was told before. The words are `crate::alerts`'.

use std::collections::BTreeSet;

use cache::{AccountId, Cache};
use model::{Day, OfferKey, Phase};

use super::Engine;
use crate::alerts::{self, Alert, Needy};
use crate::effect::Effect;
use crate::problem::Problem;
use crate::view::{NoticeBy, NoticeKind, SyncState, ViewChange, ViewOffer};

/// In place of a day, of offers that need somebody.
const NEEDS_YOU: &str = "needs-you";

/// What an account was told, and how far it was looked for more.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The offers that need somebody.
    needy: BTreeSet<OfferKey>,
    /// Offers, with the last day that was told to come.
    ending: BTreeSet<(OfferKey, String)>,
    /// Changes have passed while nothing could be told: what is shown has to be gone through.
    is_behind: bool,
    /// The day on which all offers were looked at for their end; `None`: not yet since the console was opened.
    looked: Option<Day>,
}

impl Told {
    pub(super) fn load(cache: &Cache, account: AccountId) -> cache::Result<Self> {
        let mut told = Self {
            is_behind: true,
            ..Self::default()
        };
        for (key, about) in cache.told(account)? {
            if about == NEEDS_YOU {
                told.needy.insert(key);
            } else {
                told.ending.insert((key, about));
            }
        }
        Ok(told)
    }
}

impl Engine {
    /// Tells what has come about in this turn; between gathering the changes and telling the windows.
    pub(super) fn alert(&mut self) -> cache::Result<()> {
        let can_tell = self.may_call();
        let Some(desk) = &mut self.desk else { return Ok(()) };
        if !can_tell {
            desk.told.is_behind = true;
            return Ok(());
        }
        let wanted = self.wanted_alerts;
        let needy = self.newly_needy()?;
        let ending = self.newly_ending()?;
        let others = if wanted.others {
            self.done_by_others()
        } else {
            Vec::new()
        };
        let alerts = [
            alerts::of_needy(&needy).filter(|_| wanted.needs_you),
            ending.filter(|_| wanted.ending),
            alerts::of_others(&others),
        ];
        let alerts = alerts.into_iter().flatten();
        self.effects
            .extend(alerts.map(|alert| Effect::Alert(Box::new(alert))));
        Ok(())
    }

    /// The offers that need somebody and did not before. Those that were told and need nobody any more are forgotten.
    fn newly_needy(&mut self) -> cache::Result<Vec<Needy>> {
        let Some(desk) = &mut self.desk else {
            return Ok(Vec::new());
        };
        let is_needy = |offer: &ViewOffer| alerts::needs_you(offer.sync);
        let over = |key: &&OfferKey| !desk.shown.get(key).is_some_and(|offer| is_needy(offer));
        let over: Vec<OfferKey> = desk.told.needy.iter().filter(over).copied().collect();
        for key in over {
            desk.told.needy.remove(&key);
            self.cache.delete_told(desk.id, key, NEEDS_YOU)?;
        }
        let changed: Vec<&ViewOffer> = if std::mem::take(&mut desk.told.is_behind) {
            desk.shown.values().map(|offer| &**offer).collect()
        } else {
            changed(&self.changes).collect()
        };
        let mut needy = Vec::new();
        for offer in changed.into_iter().filter(|offer| is_needy(offer)) {
            if desk.told.needy.insert(offer.key) {
                self.cache.put_told(desk.id, offer.key, NEEDS_YOU)?;
                needy.push(Needy {
                    key: offer.key,
                    title: offer.fields.title.clone(),
                    is_conflict: offer.sync == SyncState::Conflict,
                    words: offer.problem.as_ref().map(words_of),
                });
            }
        }
        // The list is kept in no order.
        needy.sort_by_key(|needy| needy.key);
        Ok(needy)
    }

    /// The offers that end tomorrow, unless that was told, or this is no time to tell it.
    fn newly_ending(&mut self) -> cache::Result<Option<Alert>> {
        let (today, hour) = (self.today, self.hour());
        let Some(desk) = self.desk.as_mut().filter(|desk| desk.listed) else {
            return Ok(None);
        };
        let is_time = desk.told.looked.is_none() || alerts::is_daytime(hour);
        if !is_time {
            return Ok(None);
        }
        let looks = desk.told.looked.replace(today) != Some(today);
        let mut seen: Vec<&ViewOffer> = if looks {
            desk.shown.values().map(|offer| &**offer).collect()
        } else {
            changed(&self.changes).collect()
        };
        seen.retain(|offer| offer.validity.state == Phase::Ending && offer.validity.days == Some(1));
        seen.sort_by_key(|offer| (offer.fields.sort_order, offer.key));
        let tomorrow = today.next().to_string();
        let mut ending = Vec::new();
        for offer in seen {
            if desk.told.ending.insert((offer.key, tomorrow.clone())) {
                self.cache.put_told(desk.id, offer.key, &tomorrow)?;
                ending.push((offer.key, offer.fields.title.clone()));
            }
        }
        // What has passed is of no more use.
        let now = today.to_string();
        let passed: Vec<_> = desk
            .told
            .ending
            .iter()
            .filter(|(_, day)| *day < now)
            .cloned()
            .collect();
        for (key, day) in passed {
            self.cache.delete_told(desk.id, key, &day)?;
            desk.told.ending.remove(&(key, day));
        }
        Ok(alerts::of_ending(&ending, !looks))
    }

    /// What others created, with the key, and deleted, as the windows are told in this turn.
    fn done_by_others(&self) -> Vec<(Option<OfferKey>, String)> {
        let of_others = |change: &ViewChange| match change {
            ViewChange::Notice { notice } if notice.by == NoticeBy::Elsewhere => match notice.kind {
                NoticeKind::Created | NoticeKind::Deleted => Some((notice.key, notice.title.clone())),
                _ => None,
            },
            _ => None,
        };
        self.changes.iter().filter_map(of_others).collect()
    }

    /// The steady clock's time at which offers that end tomorrow are looked for, if nothing happens before.
    pub(super) fn next_look_for_endings(&self) -> Option<std::time::Duration> {
        let desk = self.desk.as_ref().filter(|desk| desk.listed)?;
        if desk.told.looked == Some(self.today) {
            return None;
        }
        let morning = jiff::civil::Date::from(self.today).at(alerts::morning(), 0, 0, 0);
        let morning = morning.to_zoned(self.time_zone.clone()).ok()?.timestamp();
        let wait = std::time::Duration::try_from(morning.duration_since(self.now.wall)).ok()?;
        Some(self.now.since_start + wait + super::LATE)
    }

    fn hour(&self) -> i8 {
        self.now.wall.to_zoned(self.time_zone.clone()).hour()
    }
}

/// What the hotel said about a field says more than that it refused.
fn words_of(problem: &Problem) -> String {
    let of_fields = problem.fields.iter().flat_map(|fields| fields.values()).flatten();
    of_fields
        .chain([&problem.message])
        .next()
        .cloned()
        .unwrap_or_default()
}

fn changed(changes: &[ViewChange]) -> impl Iterator<Item = &ViewOffer> {
    changes.iter().filter_map(|change| match change {
        ViewChange::Offer { offer, .. } => Some(&**offer),
        _ => None,
    })
}
