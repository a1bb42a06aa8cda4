//! Reading the whole list, and single offers when nobody can tell what is newest.

use std::time::Duration;

use api::Listing;
use cache::OperationId;
use model::{Offer, OfferFields, OfferId};

use super::desk::{Operation, Reread};
use super::{Engine, InFlight, Purpose};
use crate::action::Action;
use crate::backoff::backoff;
use crate::base::{Tick, Verdict};
use crate::effect::{Answer, Call};
use crate::reading::{POLL, SAFETY_NET};
use crate::view::NoticeKind;

/// Single reads on their way at once.
const AT_ONCE: usize = 4;
/// How often an offer is asked for again whose answer cannot be read or is a refusal.
const TRIES: u32 = 4;
/// More news than this in one read is not told one by one.
const NEWS_LIMIT: usize = 3;

impl Engine {
    /// Asks for one offer soon. `is_news`: staff are told if it turns out to be new or gone.
    pub(super) fn read_again(&mut self, id: OfferId, is_news: bool) {
        let (asked, not_before) = (self.tick, self.now.since_start);
        if let Some(desk) = &mut self.desk {
            let reread = desk.rereads.entry(id).or_insert(Reread {
                is_news,
                asked,
                failures: 0,
                not_before,
            });
            reread.asked = asked;
        }
    }

    pub(super) fn read_what_is_due(&mut self) {
        let (now, tick) = (self.now, self.tick);
        let Some(desk) = &mut self.desk else { return };
        if desk.reading.start(now, tick) {
            self.call(Purpose::List, Call::List);
        }
        let reading: Vec<OfferId> = self.calls.values().filter_map(InFlight::reads).collect();
        let Some(desk) = &self.desk else { return };
        if desk.rereads.is_empty() || desk.rereads_rest.until() > now.since_start {
            return;
        }
        let free = AT_ONCE.saturating_sub(reading.len());
        let mut next: Vec<_> = desk
            .rereads
            .iter()
            .filter(|(id, reread)| reread.not_before <= now.since_start && !reading.contains(id))
            .map(|(id, reread)| (reread.not_before, *id))
            .collect();
        next.sort_unstable();
        for (_, id) in next.into_iter().take(free) {
            self.call(Purpose::Read(id, None), Call::Read(id));
        }
    }

    pub(super) fn listed(&mut self, answer: Result<Listing, api::Error>) -> cache::Result<()> {
        let (now, tick) = (self.now, self.tick);
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let listing = match answer {
            Ok(listing) => listing,
            Err(error) => return self.list_failed(&error),
        };
        let interval = if self.live.is_subscribed() {
            SAFETY_NET
        } else {
            POLL
        };
        let Some(since) = desk.reading.succeeded(now, interval, &mut self.rng) else {
            return Ok(());
        };
        for malformed in &listing.malformed {
            tracing::warn!(%malformed, "an offer on the list cannot be read");
        }
        desk.list_problem = unreadable(listing.malformed.len());
        self.claim_creations(&listing, since)?;

        let Some(desk) = &mut self.desk else { return Ok(()) };
        // Not before the create is settled: taken into base now, it could not be claimed any more.
        let (ours, offers): (Vec<_>, Vec<_>) = listing
            .offers
            .into_iter()
            .partition(|offer| desk.may_be_ours(offer));
        for offer in ours {
            desk.hold(offer, Some(since), tick, tick);
        }
        self.claim_unanswered()?;
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let is_news = desk.listed;
        // What the first list ever read here brings is new to this computer only.
        let may_differ = desk.account.last_synced.is_some();
        let unreadable: Vec<OfferId> = listing
            .malformed
            .iter()
            .filter_map(|malformed| malformed.id)
            .collect();
        let known: Vec<OfferId> = desk.base.iter().map(|offer| offer.id).collect();
        let known: std::collections::HashSet<OfferId> = known.into_iter().collect();
        let listed = desk.base.listed(offers, &unreadable, since, tick);
        desk.listed = true;
        // An unreadable offer without even an id could be any of those that seem to be missing, and only a read of each can tell:
        // it does.
        let news = is_news && listed.read_again.len() <= NEWS_LIMIT;
        if desk.stale_since.is_some_and(|stale| stale <= since) {
            desk.stale_since = None;
        }
        for id in listed.read_again {
            self.read_again(id, news);
        }
        let new: Vec<OfferId> = listed
            .applied
            .iter()
            .filter(|id| !known.contains(id))
            .copied()
            .collect();
        for id in listed.applied {
            let author = self.attempt_behind(id);
            self.learned_by(id, Verdict::Applied, may_differ, author)?;
        }
        if is_news && new.len() <= NEWS_LIMIT {
            for id in new {
                self.tell_of_creation(id);
            }
        }
        if let Some(desk) = &mut self.desk {
            let at = now.unix_millis();
            desk.account.last_synced = Some(at);
            self.cache.set_last_synced(desk.id, at)?;
        }
        self.settle_old_doubts();
        Ok(())
    }

    fn tell_of_creation(&mut self, id: OfferId) {
        if let Some(offer) = self.desk.as_ref().and_then(|desk| desk.base.get(id)) {
            let title = offer.fields.title.clone();
            self.notice(NoticeKind::Created, title, Some(id.into()), None, Vec::new());
        }
    }

    fn list_failed(&mut self, error: &api::Error) -> cache::Result<()> {
        tracing::warn!(%error, detail = ?error, "the list could not be read");
        let Some(desk) = &mut self.desk else { return Ok(()) };
        desk.reading.failed(self.now, retry_after(error), &mut self.rng);
        match error {
            api::Error::SignedOut { words } => self.expire(words),
            api::Error::Unreachable { .. } => {}
            _ => desk.list_problem = Some(error.to_string()),
        }
        Ok(())
    }

    pub(super) fn read(
        &mut self,
        id: OfferId,
        operation: Option<OperationId>,
        left: Tick,
        answer: Result<Box<Offer>, api::Error>,
    ) -> cache::Result<()> {
        let tick = self.tick;
        let Some(desk) = &mut self.desk else { return Ok(()) };
        // Asked for again since this request left: this answer does not say what was asked for then.
        let is_late = desk.rereads.get(&id).is_some_and(|reread| reread.asked > left);
        let wanted = if is_late { None } else { desk.rereads.remove(&id) };
        let is_news = wanted.is_some_and(|reread| reread.is_news);
        match answer {
            Ok(offer) => {
                if desk.may_be_ours(&offer) {
                    desk.hold(*offer, Some(left), left, tick);
                    return self.claim_unanswered();
                }
                let is_new = desk.base.get(id).is_none();
                let verdict = desk.base.answer(*offer, left, tick);
                let author = self.attempt_behind(id);
                let Some(desk) = &mut self.desk else { return Ok(()) };
                if verdict == Verdict::ReadAgain {
                    self.read_again(id, is_news);
                } else if let Some(mut operation) = operation
                    .filter(|_| !is_late)
                    .and_then(|operation| desk.operation(operation))
                    .cloned()
                {
                    operation.checked = Some(self.now.since_start);
                    if let Some(offer) = desk.base.get(id) {
                        operation.settle_attempt(&offer.fields);
                    }
                    self.rewrite(operation)?;
                }
                if is_new && is_news && verdict == Verdict::Applied {
                    self.tell_of_creation(id);
                }
                self.learned_by(id, verdict, true, author)
            }
            Err(api::Error::Missing { .. }) => match desk.base.missing(id, left, tick) {
                Verdict::ReadAgain => {
                    self.read_again(id, is_news);
                    Ok(())
                }
                Verdict::Applied | Verdict::Known => self.found_missing(id, is_news),
            },
            Err(error) => self.read_failed(id, wanted, operation, &error),
        }
    }

    fn read_failed(
        &mut self,
        id: OfferId,
        wanted: Option<Reread>,
        operation: Option<OperationId>,
        error: &api::Error,
    ) -> cache::Result<()> {
        tracing::warn!(%id, %error, detail = ?error, "an offer could not be read");
        if let api::Error::SignedOut { words } = error {
            self.expire(words);
            return Ok(());
        }
        let Some(desk) = &mut self.desk else { return Ok(()) };
        // Anything but a passing fault is left to the next list read. A body cut in the middle is one, and so is a redirect of
        // something in front of the server; what is answered however often the offer is asked for is not.
        let is_passing = |reread: &Reread| match error {
            api::Error::Unreachable { .. } | api::Error::Busy { .. } => true,
            api::Error::Unreadable { .. } | api::Error::Refused { .. } => reread.failures < TRIES,
            _ => false,
        };
        // What was asked for since this request left stays wanted whatever it was answered with.
        let again = wanted.filter(is_passing).or_else(|| desk.rereads.remove(&id));
        if let Some(mut reread) = again {
            reread.failures = reread.failures.saturating_add(1);
            let now = self.now.since_start;
            let wait = backoff(reread.failures.saturating_add(1), &mut self.rng);
            reread.not_before = now + wait;
            desk.rereads.insert(id, reread);
            if !may_be_about_one(error) {
                desk.rereads_rest.put_off(now, wait, retry_after(error));
            }
        }
        operation.map_or(Ok(()), |operation| self.put_off(operation, error))
    }

    /// Remembers whether the server could be reached at all.
    pub(super) fn note_reachability(&mut self, answer: &Answer) {
        let failed = match answer {
            Answer::Listed(answer) => answer.as_ref().err(),
            Answer::Offer(answer) => answer.as_ref().err(),
            Answer::Deleted(answer) => answer.as_ref().err(),
            Answer::Uploaded(answer) => answer.as_ref().err(),
            // Pictures may live on another server, pages for guests may be served by another program; signing in says what it has to say
            // itself.
            Answer::Picture(_) | Answer::PublicPage(_) | Answer::SignedIn(_) => return,
        };
        let unreachable = matches!(failed, Some(api::Error::Unreachable { .. }));
        if self.unreachable && !unreachable {
            let now = self.now.since_start;
            if let Some(desk) = &mut self.desk {
                desk.hurry(now);
            }
        }
        self.unreachable = unreachable;
    }
}

impl InFlight {
    fn reads(&self) -> Option<OfferId> {
        match self.purpose {
            Purpose::Read(id, _) => Some(id),
            _ => None,
        }
    }
}

/// Whether reads of other offers may succeed nevertheless: the server stumbles over this one, or sends what cannot be read.
fn may_be_about_one(error: &api::Error) -> bool {
    match error {
        api::Error::Unreachable { .. } => false,
        api::Error::Busy {
            status, retry_after, ..
        } => *status == 500 && retry_after.is_none(),
        _ => true,
    }
}

/// The wait that the server asked for.
pub(super) fn retry_after(error: &api::Error) -> Option<Duration> {
    match error {
        api::Error::Busy { retry_after, .. } => *retry_after,
        _ => None,
    }
}

fn unreadable(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some(
            "The server sent one offer that this program cannot read; its last known state is shown."
                .to_owned(),
        ),
        n => Some(format!(
            "The server sent {n} offers that this program cannot read; their last known state is shown."
        )),
    }
}

impl Operation {
    /// What stands there now tells what became of the request that left. What has stood there and does no longer was seen by whoever
    /// changed it: that is a collision, also where they have put back what stood there before.
    fn settle_attempt(&mut self, standing: &OfferFields) {
        let has_stood = std::mem::take(&mut self.delivery.has_stood);
        let was_attempted = std::mem::take(&mut self.delivery.attempted);
        if let Action::Update { patch, .. } = &mut self.action
            && was_attempted
            && has_stood
        {
            let mut wanted = standing.clone();
            patch.apply_to(&mut wanted);
            for field in patch.fields() {
                if wanted.get(field) != standing.get(field) {
                    patch.rebase(field, &wanted);
                }
            }
        }
    }
}
