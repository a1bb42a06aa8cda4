//! Tables as spreadsheets make them, and what they would change.

use model::{Day, OfferFields, OfferId, OfferKey};
use proptest::prelude::*;
use sheet::{Encoding, Known, Plan, Preview, Unreadable, read, write};

fn offer(id: i64, title: &str) -> Known {
    Known {
        key: OfferKey::from(OfferId(id)),
        fields: OfferFields {
            title: title.to_owned(),
            short_description: "Two nights".to_owned(),
            details_text: "Tea\nCake".to_owned(),
            details_html: "<p onclick=\"x()\">Tea</p>".to_owned(),
            valid_from: Some(Day::new(2026, 12, 1)),
            valid_to: None,
            tag: "Spa".to_owned(),
            book_now_url: String::new(),
            sort_order: 3,
            is_active: false,
        },
    }
}

fn table_of(offers: &[Known]) -> Vec<u8> {
    write(offers.iter().map(|offer| (offer.key, &offer.fields))).expect("memory takes it")
}

fn preview(bytes: &[u8], known: &[Known]) -> Preview {
    read(bytes, known).expect("a table")
}

/// What the rows would do, in short.
fn plans(preview: &Preview) -> Vec<String> {
    let words = |plan: &Plan| match plan {
        Plan::Create { fields, twin, .. } => {
            format!("new {}{}", fields.title, if *twin { ", a twin" } else { "" })
        }
        Plan::Update { patch, .. } => {
            let fields = patch.fields();
            let change = |field: &model::Field| {
                let (before, after) = patch.values(*field).expect("it is changed");
                format!("{}: {before:?} -> {after:?}", field.name())
            };
            fields.iter().map(change).collect::<Vec<_>>().join("; ")
        }
        Plan::Unchanged { .. } => "unchanged".to_owned(),
        Plan::Wrong { errors } => errors
            .iter()
            .map(|error| format!("{}: {}", error.column.as_deref().unwrap_or("row"), error.words))
            .collect::<Vec<_>>()
            .join("; "),
    };
    preview.rows.iter().map(|row| words(&row.plan)).collect()
}

#[test]
fn a_table_begins_with_the_mark_and_the_wires_names() {
    let text = String::from_utf8(table_of(&[offer(7, "Spa")])).expect("UTF-8");
    assert_eq!(
        text,
        "\u{feff}id,title,short_description,details_text,details_html,valid_from,valid_to,tag,book_now_url,sort_order,is_active\r\n\
         7,Spa,Two nights,\"Tea\nCake\",\"<p onclick=\"\"x()\"\">Tea</p>\",2026-12-01,,Spa,,3,no\r\n"
    );
}

#[test]
fn each_row_says_what_it_would_do() {
    let known = [offer(1, "Spa"), offer(2, "Golf"), offer(3, "Tea")];
    let table = "id,title,short_description,valid_to,is_active\n\
                 1,Spa days,Two nights,2026-12-24,yes\n\
                 2,Golf,Two nights,,no\n\
                 ,New,Fresh,,\n\
                 3,,Two nights,,\n";
    let preview = preview(table.as_bytes(), &known);
    assert_eq!(
        plans(&preview),
        [
            "title: Text(\"Spa\") -> Text(\"Spa days\"); valid_to: Nothing(()) -> Text(\"2026-12-24\"); is_active: Flag(false) -> Flag(true)",
            "unchanged",
            "new New",
            "title: Give the offer a title.",
        ]
    );
    let numbers: Vec<_> = preview
        .rows
        .iter()
        .map(|row| (row.number, row.title.as_str()))
        .collect();
    assert_eq!(numbers, [(2, "Spa days"), (3, "Golf"), (4, "New"), (5, "Tea")]);
}

#[test]
fn a_row_has_the_number_that_a_spreadsheet_gives_it_also_behind_lines_without_a_character() {
    for (table, expected) in [
        ("id,title\r\n\r\n,A\r\n\n\n,B\n", vec![3, 6]),
        ("\n\r\nid,title\n,A\n,B\n", vec![4, 5]),
        ("sep=;\r\n\r\nid;title\r\n\r\n;A\r\n", vec![5]),
        ("title\rA\r\rB\r", vec![2, 4]),
        ("title\nA\n\n\"two\n\nlines\"\n\nB\n\n", vec![2, 4, 6]),
        // Separators alone are no empty line, but a row that holds nothing.
        ("id,title\n,\n\n,A\n", vec![4]),
    ] {
        let rows = preview(table.as_bytes(), &[]).rows;
        let numbers: Vec<_> = rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, expected, "{table:?}");
    }
    assert_eq!(
        read(b"title\n\nOne\n\n\n\"open\nThree\n", &[]),
        Err(Unreadable::OpenQuote(6))
    );
}

#[test]
fn what_is_wrong_is_said_at_its_cell() {
    let known = [offer(1, "Spa")];
    let long = "x".repeat(51);
    for (row, expected) in [
        (
            "1,Spa,24/12/2026,,",
            "valid_from: “24/12/2026” is not a date like 2026-12-24. Spreadsheets rewrite dates: format the column as text, or as yyyy-mm-dd.",
        ),
        (
            "1,Spa,2026-02-30,,",
            "valid_from: “2026-02-30” is not a date like 2026-12-24. Spreadsheets rewrite dates: format the column as text, or as yyyy-mm-dd.",
        ),
        (
            "1,Spa,,-1,",
            "sort_order: “-1” is not a whole number from 0 to 2147483647.",
        ),
        (
            "1,Spa,,2147483648,",
            "sort_order: “2147483648” is not a whole number from 0 to 2147483647.",
        ),
        ("1,Spa,,,perhaps", "is_active: “perhaps” is neither yes nor no."),
        (
            "9,Spa,,,",
            "id: There is no offer 9 here. Leave the id empty to create a new one.",
        ),
        (
            "new:5c1b1a2e-8f5e-4a55-9a87-3c2f3a1a0c11,Spa,,,",
            "id: This offer has been sent since the table was made. Export it again.",
        ),
        (
            "1,Spa,,,,,more",
            "row: This row has 7 cells, the first row names 5 columns. Is a quotation mark missing?",
        ),
    ] {
        let table = format!("id,title,valid_from,sort_order,is_active\n{row}\n");
        assert_eq!(plans(&preview(table.as_bytes(), &known)), [expected], "{row}");
    }
    let table = format!("id,tag,valid_to\n1,{long},2026-11-30\n1,Spa,\n");
    assert_eq!(
        plans(&preview(table.as_bytes(), &known)),
        [
            "tag: At most 50 characters; this has 51.; valid_to: The end date is before the start date.",
            "id: Offer 1 stands in a row above already.",
        ]
    );
}

#[test]
fn encodings_and_separators_of_spreadsheets_are_read() {
    let known = [offer(1, "Spa")];
    let text = "ID;Title;Gäste\r\n1;Café für Zwei;4\r\n\r\n;;\r\n";
    let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
        [mark.to_vec(), text.encode_utf16().flat_map(bytes).collect()].concat()
    };
    let latin: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("Latin 1"))
        .collect();
    for (name, bytes, encoding) in [
        ("UTF-8", text.as_bytes().to_vec(), Encoding::Utf8),
        (
            "UTF-8 with mark",
            format!("\u{feff}{text}").into_bytes(),
            Encoding::Utf8,
        ),
        (
            "UTF-16 LE",
            utf16([0xff, 0xfe], u16::to_le_bytes),
            Encoding::Utf16,
        ),
        (
            "UTF-16 BE",
            utf16([0xfe, 0xff], u16::to_be_bytes),
            Encoding::Utf16,
        ),
        ("Windows-1252", latin, Encoding::Windows1252),
        ("tabs", text.replace(';', "\t").into_bytes(), Encoding::Utf8),
        ("sep=", format!("sep=;\r\n{text}").into_bytes(), Encoding::Utf8),
    ] {
        let preview = preview(&bytes, &known);
        assert_eq!(preview.encoding, encoding, "{name}");
        assert_eq!(
            plans(&preview),
            ["title: Text(\"Spa\") -> Text(\"Café für Zwei\")"],
            "{name}"
        );
        assert_eq!(preview.ignored, ["gäste"], "{name}");
    }
}

#[test]
fn what_is_no_table_of_offers_is_refused_in_words() {
    for (bytes, refusal) in [
        (&b""[..], Unreadable::Empty),
        (b"\xef\xbb\xbf\r\n", Unreadable::Empty),
        (b"PK\x03\x04rest of a workbook", Unreadable::NotText),
        (b"name,price\nSpa,3\n", Unreadable::NoHeader),
        (b"id,title,title\n1,a,b\n", Unreadable::Twice("title".to_owned())),
        (
            b"title,short_description\nOne,d\nTwo,\"open\nThree,d\n",
            Unreadable::OpenQuote(3),
        ),
        (b"title\n\"open", Unreadable::OpenQuote(2)),
    ] {
        assert_eq!(read(bytes, &[]), Err(refusal));
    }
    let rows = |count| format!("title\n{}", "x\n".repeat(count));
    assert_eq!(
        read(rows(sheet::ROW_LIMIT + 1).as_bytes(), &[]),
        Err(Unreadable::TooManyRows)
    );
    assert!(read(rows(sheet::ROW_LIMIT).as_bytes(), &[]).is_ok());
    assert_eq!(
        read(&vec![b'x'; sheet::BYTE_LIMIT + 1], &[]),
        Err(Unreadable::TooLarge)
    );
}

#[test]
fn switches_in_other_languages_are_read_since_spreadsheets_translate_them() {
    let known = [offer(1, "Spa")];
    for (word, shown) in [
        ("TRUE", true),
        ("WAHR", true),
        ("vrai", true),
        ("1", true),
        ("FALSCH", false),
        ("no", false),
    ] {
        let table = format!("id,is_active\n1,{word}\n");
        let changes = plans(&preview(table.as_bytes(), &known));
        let expected = if shown {
            "is_active: Flag(false) -> Flag(true)"
        } else {
            "unchanged"
        };
        assert_eq!(changes, [expected], "{word}");
    }
}

#[test]
fn html_that_was_changed_is_cleaned_and_html_that_was_not_stays() {
    let known = [offer(1, "Spa")];
    let table = "id,details_html\n1,<p>Cake</p><script>x()</script>\n";
    let preview = preview(table.as_bytes(), &known);
    let Plan::Update { patch, cleaned, .. } = &preview.rows[0].plan else {
        panic!("a change: {preview:?}");
    };
    assert!(*cleaned);
    assert_eq!(
        patch.details_html.as_ref().map(|change| change.after.as_str()),
        Some("<p>Cake</p>")
    );
    let anew = read(
        b"title,short_description,details_html\nTea,d,<p>Cake</p><script>x()</script>\n",
        &known,
    );
    let plan = &anew.expect("a table").rows[0].plan;
    assert!(
        matches!(plan, Plan::Create { cleaned: true, fields, .. } if fields.details_html == "<p>Cake</p>"),
        "it is said of a new offer, too: {plan:?}"
    );
}

#[test]
fn a_new_offer_like_one_that_is_there_is_pointed_out() {
    let known = [offer(1, "Spa")];
    let text = String::from_utf8(table_of(&[offer(1, "Spa"), offer(2, "Golf")])).expect("UTF-8");
    let anew = text.replace("\r\n1,", "\r\n,").replace("\r\n2,", "\r\n,");
    let anew = anew.replace("<p onclick=\"\"x()\"\">", "<p>");
    let mut clean = known.clone();
    clean[0].fields.details_html = "<p>Tea</p>".to_owned();
    assert_eq!(
        plans(&preview(anew.as_bytes(), &clean)),
        ["new Spa, a twin", "new Golf"]
    );
}

#[test]
fn lines_that_a_spreadsheet_ended_otherwise_are_no_change() {
    let known = [offer(1, "Spa")];
    let table = "id,details_text\n1,\"Tea\r\nCake\"\n";
    assert_eq!(plans(&preview(table.as_bytes(), &known)), ["unchanged"]);
}

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "=", "+", "-", "@", "'", "\"", ",", ";", "\t", "\r", "\n", "\r\n", " ", "a", "é", "😀", "\u{feff}",
        "<b>", "sep=;", "1",
    ]);
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn any_day() -> impl Strategy<Value = Option<Day>> {
    prop::option::of((1i8..13, 1i8..29).prop_map(|(month, day)| Day::new(2026, month, day)))
}

prop_compose! {
    fn any_fields()(
        title in any_text(), short_description in any_text(), details_text in any_text(), details_html in any_text(),
        tag in any_text(), book_now_url in any_text(), valid_from in any_day(), valid_to in any_day(),
        sort_order in 0u32..=2_147_483_647, is_active in any::<bool>(),
    ) -> OfferFields {
        OfferFields {
            title, short_description, details_text, details_html, valid_from, valid_to, tag, book_now_url, sort_order, is_active,
        }
    }
}

proptest! {
    #[test]
    fn what_was_written_reads_back_as_no_change(all in prop::collection::vec(any_fields(), 1..5)) {
        let known: Vec<_> = (1i64..).zip(all).map(|(id, fields)| Known { key: OfferKey::from(OfferId(id)), fields }).collect();
        let preview = preview(&table_of(&known), &known);
        let unchanged: Vec<_> = known.iter().map(|offer| Plan::Unchanged { key: offer.key }).collect();
        prop_assert_eq!(preview.rows.into_iter().map(|row| row.plan).collect::<Vec<_>>(), unchanged);
    }

    #[test]
    fn a_written_text_reads_back_as_it_was_trimmed(title in any_text()) {
        let mut to = offer(1, "before");
        to.fields.title = format!("{title}x");
        let preview = preview(&table_of(std::slice::from_ref(&to)), &[offer(1, "before")]);
        let Plan::Update { patch, .. } = &preview.rows[0].plan else {
            return Err(TestCaseError::fail(format!("{preview:?}")));
        };
        let after = patch.title.as_ref().map(|change| change.after.clone());
        prop_assert_eq!(after, Some(to.fields.title.trim().to_owned()));
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let with_header = [b"id;title\n".as_slice(), &bytes].concat();
        let read = read(&with_header, &[offer(1, "Spa")]);
        prop_assert!(matches!(read, Ok(_) | Err(Unreadable::OpenQuote(_))), "{read:?}");
    }
}

#[test]
fn a_row_answers_for_what_it_changes_and_each_date_for_both() {
    let mut faulty = offer(1, "Spa");
    faulty.fields.title = "t".repeat(201);
    faulty.fields.valid_to = Some(Day::new(2026, 11, 30));
    let known = [faulty];
    for (table, expected) in [
        ("id,tag\n1,Wellness\n", "tag: Text(\"Spa\") -> Text(\"Wellness\")"),
        (
            "id,valid_from\n1,2026-12-02\n",
            "valid_to: The end date is before the start date.",
        ),
    ] {
        assert_eq!(plans(&preview(table.as_bytes(), &known)), [expected]);
    }
}
