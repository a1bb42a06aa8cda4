//! The offers of a new hotel: the same seed and day give the same offers.
//!
//! Texts come from a fixed list in an order that the seed picks; dates relate to "today" so that every state a
//! console shows is there from the first dozen on: live, scheduled, ending soon, without an end, ended but still
//! shown, hidden, undated. Photos are only named here; [`crate::scene`] draws each when it is first asked for.

use std::collections::HashMap;

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus, seq::SliceRandom};
use rusqlite::{Connection, params};

use super::{
    form::Changes,
    offer,
    staff::{PLACES, Place},
};

/// The photos to draw, and with that the mark that a store has been seeded.
pub(super) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS scene (
    photo TEXT PRIMARY KEY, -- file name
    seed  TEXT NOT NULL     -- 64 bits in hex: SQLite's integers are signed
);
CREATE TABLE IF NOT EXISTS sown (
    seed  TEXT NOT NULL     -- one row once the store is seeded, also with no offers at all
);
";

/// Offers of the second hotel.
const OTHER_OFFERS: usize = 2;

struct Text {
    title: &'static str,
    tag: &'static str,
    short: &'static str,
    details: &'static [&'static str],
}

/// In the order of the first dozen's [`Season`]s before the seed shuffles them.
static TEXTS: [Text; 24] = [
    Text {
        title: "Winter Spa Weekend",
        tag: "Spa",
        short: "Two nights, thermal suite, breakfast by the lake and a late check-out.",
        details: &[
            "Two nights bed & breakfast",
            "One 50-minute treatment each",
            "Thermal suite until 9 pm",
            "Check-out at 1 pm",
        ],
    },
    Text {
        title: "Family Christmas",
        tag: "Family",
        short: "Three nights over Christmas with a children's party and a visit from Santa.",
        details: &[
            "Three nights full board",
            "Children's party on Christmas Eve",
            "Santa's visit on Christmas morning",
            "St Stephen's Day walk",
        ],
    },
    Text {
        title: "Midweek Escape",
        tag: "",
        short: "Stay any Monday to Wednesday and save a fifth on dinner, bed and breakfast.",
        details: &[
            "Two nights dinner, bed & breakfast",
            "20% off the weekend rate",
            "Free parking",
        ],
    },
    Text {
        title: "Golf & Stay",
        tag: "Golf",
        short: "Eighteen holes at Killarney and a seaweed bath after.",
        details: &[
            "One night bed & breakfast",
            "18 holes with a reserved tee time",
            "Seaweed bath",
            "Packed lunch on request",
        ],
    },
    Text {
        title: "Autumn Colours",
        tag: "Walks",
        short: "Guided walks in the National Park, packed lunch, hot whiskey.",
        details: &[
            "Two nights bed & breakfast",
            "Guided walk around Muckross",
            "Packed lunch",
            "Hot whiskey by the fire",
        ],
    },
    Text {
        title: "New Year Gala",
        tag: "",
        short: "Black tie, six courses and fireworks over the lake.",
        details: &[
            "Two nights bed & breakfast",
            "Champagne reception",
            "Six-course dinner and dancing",
            "Brunch on New Year's Day",
        ],
    },
    Text {
        title: "Seaweed Bath Day",
        tag: "Spa",
        short: "Wild Atlantic seaweed, warm water and an hour with nothing to do.",
        details: &[
            "45-minute seaweed bath",
            "Light lunch in the Garden Room",
            "Robe, slippers and thermal suite",
        ],
    },
    Text {
        title: "Ring of Kerry by Bike",
        tag: "Outdoors",
        short: "Three nights, hired bicycles and a van that carries your bags.",
        details: &[
            "Three nights bed & breakfast",
            "Touring bicycle and helmet",
            "Luggage van",
            "Route book with tea stops",
        ],
    },
    Text {
        title: "Sunday Roast & Stay",
        tag: "Food",
        short: "Roast Kerry lamb on Sunday, a lie-in on Monday.",
        details: &[
            "One night bed & breakfast",
            "Sunday roast for two",
            "Breakfast served until noon",
        ],
    },
    Text {
        title: "Honeymoon by the Lake",
        tag: "Romance",
        short: "A lake-view suite, champagne on ice and dinner in the boathouse.",
        details: &[
            "Two nights in a lake-view suite",
            "Champagne on arrival",
            "Dinner for two in the boathouse",
            "Rowing boat for an afternoon",
        ],
    },
    Text {
        title: "Trad Music Nights",
        tag: "Music",
        short: "Fiddle, flute and bodhrán in the bar, Thursday to Saturday.",
        details: &[
            "Two nights bed & breakfast",
            "Reserved table in the bar",
            "A pint of stout each, each night",
        ],
    },
    Text {
        title: "Dog-Friendly Getaway",
        tag: "Dogs",
        short: "A ground-floor room, a bed for the dog and the park at the door.",
        details: &[
            "Two nights bed & breakfast",
            "Dog bed, bowl and towel",
            "Map of walks without sheep",
        ],
    },
    Text {
        title: "Mother's Day Afternoon Tea",
        tag: "Food",
        short: "Warm scones, local jam and a glass of bubbles under the old oak.",
        details: &[
            "Afternoon tea for two",
            "A glass of sparkling wine each",
            "Flowers to take home",
        ],
    },
    Text {
        title: "Gap of Dunloe Adventure",
        tag: "Outdoors",
        short: "By jaunting car through the Gap and home by boat across three lakes.",
        details: &[
            "Two nights bed & breakfast",
            "Jaunting car through the Gap",
            "Boat across the three lakes",
            "Soup at Lord Brandon's Cottage",
        ],
    },
    Text {
        title: "St Patrick's Weekend",
        tag: "",
        short: "The parade from our balcony, a ceilí after, and a full Irish to recover.",
        details: &[
            "Two nights bed & breakfast",
            "Balcony place for the parade",
            "Ceilí in the ballroom",
        ],
    },
    Text {
        title: "Whiskey & Oysters",
        tag: "Food",
        short: "A tasting of five pot stills with oysters from Kenmare Bay.",
        details: &[
            "One night bed & breakfast",
            "Tasting of five whiskeys",
            "A dozen oysters for two",
        ],
    },
    Text {
        title: "Silver Stay",
        tag: "55+",
        short: "Four unhurried nights with dinner, cards and a day trip to Dingle.",
        details: &[
            "Four nights dinner, bed & breakfast",
            "Day trip to Dingle",
            "Afternoon tea on arrival",
        ],
    },
    Text {
        title: "Yoga & Forest Bathing",
        tag: "Wellness",
        short: "Slow mornings, quiet woods and food that is kind to you.",
        details: &[
            "Two nights full board",
            "Four yoga classes",
            "Forest bathing with a guide",
        ],
    },
    Text {
        title: "Stargazers' Break",
        tag: "",
        short: "Dark skies over Kerry, a telescope and something warm in the flask.",
        details: &[
            "Two nights bed & breakfast",
            "Evening with an astronomer",
            "Blankets and hot chocolate",
        ],
    },
    Text {
        title: "Fly Fishing on the Laune",
        tag: "Outdoors",
        short: "A ghillie, a permit and salmon if you are lucky.",
        details: &[
            "Two nights bed & breakfast",
            "Ghillie for a day",
            "Permit and tackle",
            "We smoke your catch",
        ],
    },
    Text {
        title: "Easter Egg Hunt",
        tag: "Family",
        short: "Two nights for the whole family, and four hundred eggs in the garden.",
        details: &[
            "Two nights in a family room",
            "Egg hunt on Sunday morning",
            "Kids' club until 8 pm",
        ],
    },
    Text {
        title: "Muckross House & Gardens",
        tag: "Culture",
        short: "A night with us and a day among rhododendrons and old portraits.",
        details: &[
            "One night bed & breakfast",
            "Tickets for house and farms",
            "Lunch at the walled garden",
        ],
    },
    Text {
        title: "Chef's Table",
        tag: "Food",
        short: "Eight seats in the kitchen, seven courses, one long evening.",
        details: &[
            "One night bed & breakfast",
            "Seven courses with paired wines",
            "A signed menu",
        ],
    },
    Text {
        title: "Long Summer Evenings",
        tag: "",
        short: "Light until eleven, dinner on the terrace, a swim before bed.",
        details: &[
            "Three nights dinner, bed & breakfast",
            "Terrace table each evening",
            "Towels at the lake shore",
        ],
    },
];

/// How an offer stands to today.
#[derive(Clone, Copy)]
enum Season {
    Live,
    Scheduled,
    EndingSoon,
    NoEnd,
    EndedButShown,
    Hidden,
    Undated,
}

const SEASONS: [Season; 12] = [
    Season::Live,
    Season::Scheduled,
    Season::EndingSoon,
    Season::NoEnd,
    Season::EndedButShown,
    Season::Hidden,
    Season::Live,
    Season::Undated,
    Season::EndingSoon,
    Season::Live,
    Season::Scheduled,
    Season::Undated,
];

pub(super) fn is_sown(db: &Connection) -> rusqlite::Result<bool> {
    db.query_row("SELECT count(*) FROM sown", [], |row| row.get::<_, i64>(0))
        .map(|count| count > 0)
}

/// The photos to draw: file name → scene seed.
pub(super) fn scenes(db: &Connection) -> rusqlite::Result<HashMap<String, u64>> {
    let mut statement = db.prepare("SELECT photo, seed FROM scene")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| row.map(|(photo, seed)| (photo, u64::from_str_radix(&seed, 16).unwrap_or(0))))
        .collect()
}

/// Fills a new store: exactly `offers` for the first hotel, a couple for the second.
pub(super) fn sow(db: &Connection, offers: usize, seed: u64, today: Date) -> rusqlite::Result<()> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut texts: Vec<&Text> = TEXTS.iter().collect();
    texts.shuffle(&mut random);
    let [killarney, other] = &PLACES;
    for index in 0..offers {
        sow_one(
            db,
            killarney,
            texts[index % texts.len()],
            index,
            today,
            &mut random,
        )?;
    }
    for index in 0..OTHER_OFFERS {
        sow_one(
            db,
            other,
            texts[texts.len() - 1 - index],
            index,
            today,
            &mut random,
        )?;
    }
    db.execute("INSERT INTO sown (seed) VALUES (?1)", [format!("{seed:016x}")])?;
    Ok(())
}

fn sow_one(
    db: &Connection,
    hotel: &Place,
    text: &Text,
    index: usize,
    today: Date,
    random: &mut Xoshiro256PlusPlus,
) -> rusqlite::Result<()> {
    let season = SEASONS[index % SEASONS.len()];
    let (valid_from, valid_to) = days(season, today, random);
    // Beyond the list of texts the same offers come again, numbered.
    let title = match index / TEXTS.len() {
        0 => text.title.to_owned(),
        round => format!("{} {}", text.title, round + 1),
    };
    let slug: String = text
        .title
        .to_lowercase()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let changes = Changes {
        title: Some(title),
        short_description: Some(text.short.to_owned()),
        details_text: Some(text.details.join("\n")),
        details_html: Some(format!(
            "<ul>{}</ul>",
            text.details
                .iter()
                .map(|line| format!("<li>{}</li>", line.replace('&', "&amp;")))
                .collect::<String>()
        )),
        valid_from: Some(valid_from),
        valid_to: Some(valid_to),
        tag: Some(text.tag.to_owned()),
        // Not everything can be booked online.
        book_now_url: (index % 5 != 3 && !hotel.booking_url.is_empty())
            .then(|| format!("{}?offer={}", hotel.booking_url, slug.trim_matches('-'))),
        is_active: Some(!matches!(season, Season::Hidden)),
        ..Changes::default()
    };
    let photo = format!("{:016x}.jpg", random.random::<u64>());
    let scene = random.random::<u64>();
    db.execute(
        "INSERT INTO scene (photo, seed) VALUES (?1, ?2)",
        params![photo, format!("{scene:016x}")],
    )?;
    // One every few hours, the first one newest, so that the list keeps the order of the texts.
    let age = (i64::try_from(index).unwrap_or(0) + 1).hours() * 7;
    let noon = today
        .to_datetime(Time::midnight())
        .to_zoned(TimeZone::UTC)
        .map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp());
    let created_at = noon
        .checked_sub(age)
        .and_then(|at| at.checked_add(random.random_range(0..3_600_000_000_i64).microseconds()))
        .unwrap_or(Timestamp::UNIX_EPOCH);
    offer::insert(db, hotel.slug, &changes, &Some(photo), created_at)?;
    Ok(())
}

/// First and last day of an offer in this season.
fn days(season: Season, today: Date, random: &mut Xoshiro256PlusPlus) -> (Option<Date>, Option<Date>) {
    let mut day =
        |range: std::ops::RangeInclusive<i64>| Some(today.saturating_add(random.random_range(range).days()));
    match season {
        Season::Live | Season::Hidden => (day(-30..=-2), day(30..=110)),
        Season::Scheduled => (day(12..=40), day(60..=120)),
        Season::EndingSoon => (day(-40..=-10), day(1..=4)),
        Season::NoEnd => (day(-60..=-5), None),
        Season::EndedButShown => (day(-80..=-40), day(-20..=-3)),
        Season::Undated => (None, None),
    }
}
