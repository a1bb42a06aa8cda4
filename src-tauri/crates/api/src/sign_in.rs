//! Sign-in: a name and a password for a token, and which hotel it is good for.

use std::sync::Arc;

use model::HotelSlug;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::base::ApiBase;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::request;
use crate::staff::{HotelRef, Staff};
use crate::token::Token;
use crate::transport::Transport;

/// A HotelMate server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Api {
    exchange: Exchange,
}

/// What a sign-in answers. Whatever the server left out or sent as `null` is absent here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Goes with every staff request.
    pub token: Token,
    /// As the server spells it; as it was typed when the server does not say.
    pub username: String,
    /// The hotel the user works for; a user without one has nothing to manage here.
    pub hotel: Option<Hotel>,
    /// Such as `staff_admin`.
    pub access_level: Option<String>,
    /// Django's staff flag.
    pub is_staff: bool,
    /// Django's superuser flag.
    pub is_superuser: bool,
}

/// A hotel as sign-in names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hotel {
    /// The server's key; sent along when known.
    pub id: Option<i64>,
    /// Its name in addresses and channels.
    pub slug: HotelSlug,
    /// For people; the slug when the server gives none.
    pub name: String,
}

impl Api {
    /// The server at `base`, reached through `transport`.
    pub fn new(base: ApiBase, transport: Arc<dyn Transport>) -> Self {
        Self {
            exchange: Exchange::new(base, transport),
        }
    }

    /// Where the server is.
    pub fn base(&self) -> &ApiBase {
        self.exchange.base()
    }

    /// `POST {api}/staff/login/`. A wrong password is [`Error::Refused`] with the server's words.
    pub async fn sign_in(&self, username: &str, password: &str) -> Result<SignedIn, Error> {
        let url = self.base().below(&["staff", "login"]);
        let body = json!({"username": username, "password": password});
        let request = request::json(Method::POST, url, &HeaderMap::new(), &body);
        read(&self.exchange.json(request).await?, username)
    }

    /// The staff's side of one hotel.
    pub fn staff(&self, token: Token, hotel: HotelRef) -> Staff {
        Staff::new(self.exchange.clone(), token, hotel)
    }
}

/// Nothing but the token is required; the hotel may be told in one object, in single fields, or in both.
fn read(answer: &Value, typed: &str) -> Result<SignedIn, Error> {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let token = text(&answer["token"]).ok_or_else(|| Error::unreadable("sign-in without a token"))?;
    let within = &answer["hotel"];
    let slug = text(&answer["hotel_slug"]).or_else(|| text(&within["slug"]));
    let hotel = match slug {
        None => None,
        Some(slug) => {
            let name = text(&answer["hotel_name"]).or_else(|| text(&within["name"]));
            Some(Hotel {
                id: answer["hotel_id"].as_i64().or_else(|| within["id"].as_i64()),
                name: name.unwrap_or_else(|| slug.clone()),
                slug: HotelSlug::try_from(slug).map_err(Error::unreadable)?,
            })
        }
    };
    Ok(SignedIn {
        token: Token::new(token),
        username: text(&answer["username"]).unwrap_or_else(|| typed.to_owned()),
        hotel,
        access_level: text(&answer["access_level"]),
        is_staff: answer["is_staff"] == true,
        is_superuser: answer["is_superuser"] == true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hotel(answer: Value) -> Option<(Option<i64>, String, String)> {
        let hotel = read(&answer, "desk").unwrap().hotel?;
        Some((hotel.id, hotel.slug.to_string(), hotel.name))
    }

    #[test]
    fn the_contracts_answer_is_read() {
        let answer = json!({"username":"frontdesk","token":"d686","hotel_id":1,"hotel_name":"Hotel Killarney","hotel_slug":"killarney",
            "is_staff":false,"is_superuser":false,"access_level":"staff_admin","hotel":{"id":1,"name":"Hotel Killarney","slug":"killarney"},
            "allowed_navs":[],"profile_image_url":null,"role":null,"department":null,"staff_id":1});
        let signed_in = read(&answer, "FrontDesk").unwrap();
        assert_eq!(signed_in.token.reveal(), "d686");
        assert_eq!(signed_in.username, "frontdesk");
        assert_eq!(signed_in.access_level.as_deref(), Some("staff_admin"));
        assert_eq!(
            hotel(answer),
            Some((Some(1), "killarney".into(), "Hotel Killarney".into()))
        );
    }

    #[test]
    fn whatever_follows_the_token_may_be_absent_or_null() {
        for answer in [
            json!({"token": "d686"}),
            json!({"token": "d686", "username": null, "hotel_slug": null, "hotel": null, "access_level": null, "is_staff": null}),
            json!({"token": "d686", "hotel_slug": "", "hotel": {}}),
            json!({"token": "d686", "hotel": 1, "hotel_name": "no slug"}),
        ] {
            let signed_in = read(&answer, "desk").unwrap();
            assert_eq!(signed_in.username, "desk");
            assert_eq!(signed_in.hotel, None, "{answer}");
        }
    }

    #[test]
    fn the_hotel_is_found_in_either_form() {
        let (by_fields, by_object) = (
            json!({"token": "t", "hotel_slug": "killarney", "hotel_id": 1}),
            json!({"token": "t", "hotel": {"id": 1, "slug": "killarney", "name": null}}),
        );
        for answer in [by_fields, by_object] {
            assert_eq!(
                hotel(answer),
                Some((Some(1), "killarney".into(), "killarney".into()))
            );
        }
    }

    #[test]
    fn an_answer_without_a_usable_token_or_slug_is_unreadable() {
        for answer in [
            json!({}),
            json!([]),
            json!("token"),
            json!({"token": null}),
            json!({"token": ""}),
            json!({"token": 7}),
            json!({"token": "t", "hotel_slug": "../admin"}),
        ] {
            assert!(
                matches!(read(&answer, "desk"), Err(Error::Unreadable { .. })),
                "{answer}"
            );
        }
    }
}
