//! The hotel's time zone and day, and which notifications are wanted.

use cache::Account;
use jiff::tz::TimeZone;

use super::session::is_same_server;
use super::{Engine, Outcome, day_of};
use crate::effect::Reply;
use crate::problem::AppError;
use crate::settings::{self, Settings, WantedAlerts};

impl Engine {
    pub(super) fn settings(&self) -> Settings {
        Settings {
            time_zone: self.chosen_zone.clone(),
            alerts: self.wanted_alerts,
        }
    }

    pub(super) fn zones(&self) -> Reply {
        Reply::Zones(Box::new(settings::zones(&self.machine_zone, self.now.wall)))
    }

    pub(super) fn set_time_zone(&mut self, name: Option<&str>) -> Outcome {
        let Some(desk) = &self.desk else {
            return Ok(Err(super::commands::signed_out()));
        };
        let name = match name.map(|name| settings::zone(name).ok_or(name)).transpose() {
            Ok(zone) => zone.as_ref().and_then(TimeZone::iana_name).map(str::to_owned),
            Err(name) => {
                let message = format!("There is no time zone called “{name}”.");
                return Ok(Err(AppError::invalid(
                    [("timeZone".to_owned(), vec![message])].into(),
                )));
            }
        };
        let (server, hotel) = (self.server_of_hotel(&desk.account)?, &desk.account.hotel_slug);
        self.cache.set_hotel_time_zone(&server, hotel, name.as_deref())?;
        self.settle_time_zone()?;
        Ok(Ok(Reply::Done))
    }

    /// The hotel's server as it is spelled where something is set for it: another account may have spelled it otherwise.
    fn server_of_hotel(&self, account: &Account) -> cache::Result<String> {
        let own = &account.api_url;
        let kept = self.cache.servers_of_hotel(&account.hotel_slug)?;
        let is_same = |server: &&String| is_same_server(server, own);
        let exact = kept.iter().find(|server| *server == own);
        Ok(exact.or_else(|| kept.iter().find(is_same)).unwrap_or(own).clone())
    }

    pub(super) fn set_wanted_alerts(&mut self, wanted: WantedAlerts) -> Outcome {
        self.cache.set_wanted_alerts(&serde_json::to_string(&wanted)?)?;
        self.wanted_alerts = wanted;
        Ok(Ok(Reply::Done))
    }

    /// What is kept of the notifications; what cannot be read is as it usually is.
    pub(super) fn load_wanted_alerts(&mut self) -> cache::Result<()> {
        let kept = self.cache.wanted_alerts()?;
        self.wanted_alerts = kept
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default();
        Ok(())
    }

    /// Counts days in the zone of whoever's hotel is signed in now.
    pub(super) fn settle_time_zone(&mut self) -> cache::Result<()> {
        let name = match &self.desk {
            Some(desk) => {
                let server = self.server_of_hotel(&desk.account)?;
                self.cache.hotel_time_zone(&server, &desk.account.hotel_slug)?
            }
            None => None,
        };
        let chosen = name.and_then(|name| {
            let zone = settings::zone(&name);
            if zone.is_none() {
                // Kept where another database of time zones was in use. This computer's is as good a guess as before it was set.
                tracing::warn!(name, "the hotel's time zone is not known here");
            }
            zone
        });
        self.chosen_zone = chosen.as_ref().and_then(TimeZone::iana_name).map(str::to_owned);
        self.time_zone = chosen.unwrap_or_else(|| self.machine_zone.clone());
        self.reckon_today();
        Ok(())
    }

    /// After a turn that could not be kept: what is on disk holds, as far as it can be read.
    pub(super) fn go_back_to_settings(&mut self) {
        let read = self.load_wanted_alerts().and_then(|()| self.settle_time_zone());
        if let Err(error) = read {
            tracing::error!(%error, "the settings cannot be read");
        }
    }

    /// Takes notice of the hotel's day. Where it is another, every offer may stand elsewhere on the calendar.
    pub(super) fn reckon_today(&mut self) {
        let today = day_of(self.now, &self.time_zone);
        if today != self.today {
            self.today = today;
            if let Some(desk) = &mut self.desk {
                desk.touch_all();
            }
        }
    }
}
