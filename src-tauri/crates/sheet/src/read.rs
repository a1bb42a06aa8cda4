//! A table held against the offers that are there.

use std::collections::{HashMap, HashSet};

use model::{Day, Field, FieldValue, OfferFields, OfferKey, OfferPatch, validation};
use serde::{Deserialize, Serialize};

use crate::cell::unguarded;
use crate::table::{self, Encoding, Unreadable};
use crate::{ID, table::Table};

/// An offer that is there, as its staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What the table's `id` names it by.
    pub key: OfferKey,
    /// Its fields.
    pub fields: OfferFields,
}

/// What a table would change. Nothing has been changed yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// How it was read.
    pub encoding: Encoding,
    /// Columns that are no field of an offer, and are passed over.
    pub ignored: Vec<String>,
    /// In the table's order.
    pub rows: Vec<Row>,
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Row {
    /// Its number in a spreadsheet; the header is 1.
    pub number: u32,
    /// What it calls its offer.
    pub title: String,
    /// What it would do.
    pub plan: Plan,
}

/// What a row would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Plan {
    /// Create an offer.
    Create {
        /// All of it.
        fields: Box<OfferFields>,
        /// An offer just like it is there, or in a row above: it may have been imported before.
        twin: bool,
        /// The row's HTML holds more than may be sent; what is left of it is in the fields.
        cleaned: bool,
    },
    /// Change an offer.
    Update {
        /// Which.
        key: OfferKey,
        /// From what it is to what the row says.
        patch: Box<OfferPatch>,
        /// The row's HTML holds more than may be sent; what is left of it is in the patch.
        cleaned: bool,
    },
    /// Nothing: the offer is so already.
    Unchanged {
        /// Which.
        key: OfferKey,
    },
    /// Nothing: something is wrong with it.
    Wrong {
        /// What.
        errors: Vec<CellError>,
    },
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CellError {
    /// In which column; `None`: the row as a whole.
    pub column: Option<String>,
    /// In words.
    pub words: String,
}

/// Reads a table and says what each row would do to the offers that are there. Asks and changes nothing.
///
/// A column that is missing leaves its field as it is, or as it is in a new offer. An empty cell empties its field, except `sort_order` and
/// `is_active`, which cannot be empty and stay.
pub fn read(bytes: &[u8], known: &[Known]) -> Result<Preview, Unreadable> {
    let table = table::parse(bytes, |name| column(name).is_some())?;
    let columns: Vec<_> = table.header.iter().map(|name| column(name)).collect();
    let ignored = table
        .header
        .iter()
        .zip(&columns)
        .filter(|(name, column)| column.is_none() && !name.is_empty())
        .map(|(name, _)| name.clone())
        .collect();
    let mut reader = Reader {
        by_key: known.iter().map(|offer| (offer.key.to_string(), offer)).collect(),
        all: known.iter().map(|offer| whole(&offer.fields)).collect(),
        named: HashSet::new(),
        columns,
    };
    let Table { encoding, rows, .. } = table;
    let rows = rows
        .into_iter()
        .map(|(number, cells)| reader.row(number, &cells))
        .collect();
    Ok(Preview {
        encoding,
        ignored,
        rows,
    })
}

#[derive(Clone, Copy)]
enum Column {
    Id,
    Of(Field),
}

fn column(name: &str) -> Option<Column> {
    if name == ID {
        return Some(Column::Id);
    }
    Field::ALL
        .iter()
        .copied()
        .find(|field| field.name() == name)
        .map(Column::Of)
}

/// Everything that makes an offer what it is, but its place: for telling twins.
fn whole(fields: &OfferFields) -> Vec<FieldValue> {
    let fields = fields.trimmed();
    let mut values = Vec::new();
    for field in Field::ALL.iter().filter(|field| **field != Field::SortOrder) {
        values.push(fields.get(*field));
    }
    values
}

struct Reader<'a> {
    by_key: HashMap<String, &'a Known>,
    all: HashSet<Vec<FieldValue>>,
    named: HashSet<OfferKey>,
    columns: Vec<Option<Column>>,
}

impl Reader<'_> {
    fn row(&mut self, number: u32, cells: &[String]) -> Row {
        let plan = self.plan(cells);
        let title = match (&plan, self.cell(cells, Column::Of(Field::Title))) {
            (Plan::Create { fields, .. }, _) => fields.title.clone(),
            (_, Some(title)) if !title.trim().is_empty() => unguarded(title).trim().to_owned(),
            _ => {
                let known = self
                    .cell(cells, Column::Id)
                    .and_then(|id| self.by_key.get(id.trim()));
                known.map(|offer| offer.fields.title.clone()).unwrap_or_default()
            }
        };
        Row { number, title, plan }
    }

    fn plan(&mut self, cells: &[String]) -> Plan {
        let mut errors = Vec::new();
        if cells.len() > self.columns.len()
            && cells[self.columns.len()..]
                .iter()
                .any(|cell| !cell.trim().is_empty())
        {
            let (has, named) = (cells.len(), self.columns.len());
            errors.push(row_error(format!(
                "This row has {has} cells, the first row names {named} columns. Is a quotation mark missing?"
            )));
        }
        let id = self.cell(cells, Column::Id).map(str::trim).unwrap_or_default();
        let offer = self.by_key.get(id).copied();
        if let Some(offer) = offer {
            if !self.named.insert(offer.key) {
                errors.push(error(
                    Column::Id,
                    format!("Offer {id} stands in a row above already."),
                ));
            }
        } else if !id.is_empty() {
            let words = if id.starts_with("new:") {
                "This offer has been sent since the table was made. Export it again.".to_owned()
            } else {
                format!("There is no offer {id} here. Leave the id empty to create a new one.")
            };
            errors.push(error(Column::Id, words));
        }

        let before = offer.map_or_else(blank, |offer| offer.fields.clone());
        let mut after = before.clone();
        for column in self.columns.iter().flatten() {
            let Column::Of(field) = *column else { continue };
            // Rows that end early have empty cells there.
            let cell = self.cell(cells, *column).unwrap_or_default();
            if let Err(words) = put(&mut after, field, &unguarded(cell)) {
                errors.push(error(*column, words));
            }
        }
        let mut cleaned = false;
        if after.details_html != before.details_html {
            let clean = markup::clean(&after.details_html);
            cleaned = clean != after.details_html;
            after.details_html = clean;
        }
        // What is there and is left as it is need not be faultless.
        let patch = before.patch_to(&after);
        if errors.is_empty() && (offer.is_none() || !patch.is_empty()) {
            let wrong = match offer {
                None => validation::check(&after),
                Some(_) => validation::check_changed(&after, &patch.fields()),
            };
            for (name, words) in wrong {
                errors.extend(words.into_iter().map(|words| CellError {
                    column: Some(name.clone()),
                    words,
                }));
            }
        }
        if !errors.is_empty() {
            return Plan::Wrong { errors };
        }
        match offer {
            None => Plan::Create {
                twin: !self.all.insert(whole(&after)),
                fields: Box::new(after),
                cleaned,
            },
            Some(offer) if patch.is_empty() => Plan::Unchanged { key: offer.key },
            Some(offer) => Plan::Update {
                key: offer.key,
                patch: Box::new(patch),
                cleaned,
            },
        }
    }

    fn cell<'c>(&self, cells: &'c [String], wanted: Column) -> Option<&'c str> {
        let at = self.columns.iter().position(|column| match (column, wanted) {
            (Some(Column::Id), Column::Id) => true,
            (Some(Column::Of(field)), Column::Of(wanted)) => *field == wanted,
            _ => false,
        })?;
        cells.get(at).map(String::as_str)
    }
}

fn blank() -> OfferFields {
    OfferFields {
        title: String::new(),
        short_description: String::new(),
        details_text: String::new(),
        details_html: String::new(),
        valid_from: None,
        valid_to: None,
        tag: String::new(),
        book_now_url: String::new(),
        sort_order: 0,
        is_active: true,
    }
}

fn error(column: Column, words: String) -> CellError {
    let name = match column {
        Column::Id => ID,
        Column::Of(field) => field.name(),
    };
    CellError {
        column: Some(name.to_owned()),
        words,
    }
}

fn row_error(words: String) -> CellError {
    CellError { column: None, words }
}

/// Writes a cell into its field, unless the field is so already.
fn put(fields: &mut OfferFields, field: Field, cell: &str) -> Result<(), String> {
    match field {
        Field::Title => text(&mut fields.title, cell),
        Field::ShortDescription => text(&mut fields.short_description, cell),
        Field::DetailsText => text(&mut fields.details_text, cell),
        Field::DetailsHtml => text(&mut fields.details_html, cell),
        Field::Tag => text(&mut fields.tag, cell),
        Field::BookNowUrl => text(&mut fields.book_now_url, cell),
        Field::ValidFrom => fields.valid_from = day(cell)?,
        Field::ValidTo => fields.valid_to = day(cell)?,
        Field::SortOrder => fields.sort_order = number(cell)?.unwrap_or(fields.sort_order),
        Field::IsActive => fields.is_active = switch(cell)?.unwrap_or(fields.is_active),
    }
    Ok(())
}

/// The server trims every text; one that only differs by that is not changed. Nor is one whose lines a spreadsheet has ended otherwise.
fn text(value: &mut String, cell: &str) {
    let plain = |text: &str| text.trim().replace("\r\n", "\n");
    if plain(value) != plain(cell) {
        *value = cell.trim().to_owned();
    }
}

fn day(cell: &str) -> Result<Option<Day>, String> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    cell.parse().map(Some).map_err(|_| {
        format!(
            "“{}” is not a date like 2026-12-24. Spreadsheets rewrite dates: format the column as text, or as yyyy-mm-dd.",
            short(cell)
        )
    })
}

fn number(cell: &str) -> Result<Option<u32>, String> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    let words = || {
        format!(
            "“{}” is not a whole number from 0 to {}.",
            short(cell),
            validation::SORT_ORDER_LIMIT
        )
    };
    let number = cell
        .parse()
        .ok()
        .filter(|number| *number <= validation::SORT_ORDER_LIMIT);
    number.map(Some).ok_or_else(words)
}

/// Also what spreadsheets of other languages make of `true` and `false`.
fn switch(cell: &str) -> Result<Option<bool>, String> {
    match cell.trim().to_lowercase().as_str() {
        "" => Ok(None),
        "yes" | "true" | "1" | "ja" | "wahr" | "oui" | "vrai" | "sí" | "si" | "verdadero" | "vero"
        | "waar" => Ok(Some(true)),
        "no" | "false" | "0" | "nein" | "falsch" | "non" | "faux" | "falso" | "onwaar" => Ok(Some(false)),
        other => Err(format!("“{}” is neither yes nor no.", short(other))),
    }
}

fn short(cell: &str) -> String {
    const MOST: usize = 40;
    if cell.chars().count() <= MOST {
        return cell.to_owned();
    }
    cell.chars().take(MOST).chain("…".chars()).collect()
}
