//! What of the offers' HTML may be shown, and what may be sent.
//!
//! `details_html` is stored and served as sent, scripts included. The harmless part of it is text with its structure: no script, style,
//! picture, form or frame, and links that lead to the web, a mail or a phone. [`clean`] makes that part of any text; it is asked for
//! what the window's editor begins with, and for what staff have written, before that is queued.
//!
//! The guest page has the same list for another library, in `ui/src/shared/sanitise.ts`. `ui/src/shared/markup.json` holds the list, and
//! `ui/src/shared/markup-cases.json` what it means; both sides are tested against both files.
//!
//! Absent: deciding whether something may be changed. What the hotel's server holds is never cleaned behind anybody's back; that rule is
//! the engine's.

use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

/// Elements that stay. What stands in others stays without them, but for [`DROPPED`].
const TAGS: &[&str] = &[
    "p",
    "br",
    "hr",
    "div",
    "span",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "small",
    "sub",
    "sup",
    "blockquote",
    "q",
    "cite",
    "abbr",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "a",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
    "pre",
    "code",
    "time",
];

/// Attributes that stay, wherever they stand.
const ATTRIBUTES: &[&str] = &["href", "colspan", "rowspan", "datetime", "dir", "lang"];

/// Where links may lead. A link without a scheme would lead somewhere else on every page that shows it.
const SCHEMES: &[&str] = &["http", "https", "mailto", "tel"];

/// Elements that go with all that stands in them.
const DROPPED: &[&str] = &[
    "script",
    "style",
    "template",
    "title",
    "head",
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "svg",
    "math",
    "audio",
    "video",
    "object",
    "xmp",
    "plaintext",
    "textarea",
    "select",
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::empty();
    cleaner
        .tags(TAGS.iter().copied().collect())
        .generic_attributes(ATTRIBUTES.iter().copied().collect())
        .url_schemes(SCHEMES.iter().copied().collect())
        .clean_content_tags(DROPPED.iter().copied().collect())
        .url_relative(UrlRelative::Deny)
        .strip_comments(true)
        // The page that shows it says how it may be followed.
        .link_rel(None);
    cleaner
});

/// What is left of texts that are read otherwise each time: their words.
static WORDS: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut words = Builder::empty();
    words.clean_content_tags(DROPPED.iter().copied().collect());
    words
});

/// Far more than any text was seen to need.
const READINGS: usize = 8;

/// The harmless part of `html`, as a browser will read it. What is clean already comes back as it was, but for its spelling.
///
/// An element that goes may have held others apart, `<form>` one `<dd>` from the next. Without it the text would be read in another way than it
/// was cleaned, so it is cleaned as often as it takes to stay as it is.
pub fn clean(html: &str) -> String {
    let mut before = CLEANER.clean(html).to_string();
    for _ in 0..READINGS {
        let after = CLEANER.clean(&before).to_string();
        if after == before {
            return after;
        }
        before = after;
    }
    WORDS.clean(&before).to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct List {
        tags: BTreeSet<String>,
        attributes: BTreeSet<String>,
        schemes: BTreeSet<String>,
        dropped: BTreeSet<String>,
    }

    #[derive(Deserialize)]
    struct Case {
        html: String,
        clean: String,
    }

    #[test]
    fn the_list_is_that_of_the_guest_page() {
        let list: List = serde_json::from_str(include_str!("../../../../ui/src/shared/markup.json")).unwrap();
        let own = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(own(TAGS), list.tags);
        assert_eq!(own(ATTRIBUTES), list.attributes);
        assert_eq!(own(SCHEMES), list.schemes);
        assert_eq!(own(DROPPED), list.dropped);
    }

    #[test]
    fn each_case_comes_out_as_on_the_guest_page() {
        let cases: Vec<Case> =
            serde_json::from_str(include_str!("../../../../ui/src/shared/markup-cases.json")).unwrap();
        for Case {
            html,
            clean: expected,
        } in cases
        {
            assert_eq!(clean(&html), expected, "{html}");
        }
    }

    /// Pieces that mean something to a parser, in any order.
    fn soup() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<ul><li>",
            "</li></ul>",
            "<a href=\"https://a.example/\">",
            "</a>",
            "<a href='javascript:x()'>",
            "<script>",
            "</script>",
            "<style>",
            "</style>",
            "<svg>",
            "</svg>",
            "<math>",
            "<table><tr><td>",
            "</table>",
            "<!--",
            "-->",
            "<img src=x onerror=x()>",
            "<p onclick=x()>",
            "words",
            " ",
            "&lt;",
            "&amp;",
            "\"",
            "<",
            ">",
            "é",
            "<textarea>",
            "<noscript>",
            "<template>",
            "<title>",
            "<mi>",
            "<mglyph>",
            "<br>",
            "<form>",
            "<button>",
            "<marquee>",
            "<fieldset>",
            "<dd>",
            "<h2>",
            "]]>",
            "<![CDATA[",
        ]);
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    #[test]
    fn what_only_a_dropped_element_held_apart_is_read_as_browsers_read_it_without() {
        assert_eq!(clean("<dd>a<form><dd>b"), "<dd>a</dd><dd>b</dd>");
    }

    proptest! {
        #[test]
        fn what_is_clean_stays_as_it_is(html in soup()) {
            let once = clean(&html);
            prop_assert_eq!(clean(&once), once);
        }

        #[test]
        fn nothing_that_acts_is_left(html in soup()) {
            let left = clean(&html).to_lowercase();
            for part in ["<script", "<style", "<img", "<svg", "<math", "<iframe", "<!--", "onclick=x", "=\"javascript:"] {
                prop_assert!(!left.contains(part), "{} in {}", part, left);
            }
        }
    }
}
