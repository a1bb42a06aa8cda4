//! Offers to a table.

use csv::{Terminator, WriterBuilder};
use model::{Field, FieldValue, OfferFields, OfferKey};

use crate::ID;
use crate::cell::guarded;

/// The table of these offers, ready to be kept as a file.
///
/// An offer that has no id yet is named by its key, so that it is found again as long as it has none. Switches are `yes` and `no`, which
/// spreadsheets leave alone; of `true` and `false` they make words of their user's language.
pub fn write<'a>(
    offers: impl IntoIterator<Item = (OfferKey, &'a OfferFields)>,
) -> Result<Vec<u8>, csv::Error> {
    let mut table = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let names = Field::ALL.iter().map(|field| field.name());
    table.write_record(std::iter::once(ID).chain(names))?;
    for (key, fields) in offers {
        table.write_field(key.to_string())?;
        for field in Field::ALL {
            let text = words(fields.get(*field));
            table.write_field(guarded(&text).as_bytes())?;
        }
        table.write_record(None::<&[u8]>)?;
    }
    table
        .into_inner()
        .map_err(|error| csv::Error::from(std::io::Error::from(error.error().kind())))
}

fn words(value: FieldValue) -> String {
    match value {
        FieldValue::Flag(true) => "yes".to_owned(),
        FieldValue::Flag(false) => "no".to_owned(),
        FieldValue::Number(number) => number.to_string(),
        FieldValue::Text(text) => text,
        FieldValue::Nothing(()) => String::new(),
    }
}
