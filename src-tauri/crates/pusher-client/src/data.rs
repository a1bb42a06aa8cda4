//! The data of an event, in the several forms in which servers send it.
//!
//! Servers put a JSON **string** holding JSON into `data`; some put the object there directly; some send text
//! that is no JSON at all, or nothing. [`Data`] keeps the text as it came and decodes on demand, so an event
//! that nobody looks into costs no parsing.
//!
//! Absent: guesses beyond one level. A string inside the string stays a string.

use serde::de::DeserializeOwned;
use serde_json::{Value, value::RawValue};

/// What came with an event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Data(Form);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Form {
    #[default]
    Absent,
    /// A JSON string: its content, which is often JSON again.
    Text(Box<str>),
    /// Any other JSON, as written by the server.
    Json(Box<str>),
}

impl Data {
    pub(crate) fn from_wire(data: Option<&RawValue>) -> Self {
        let Some(raw) = data.map(RawValue::get) else {
            return Self::default();
        };
        // A raw value that begins with a quote is a JSON string; anything else is already what it says.
        match serde_json::from_str::<String>(raw) {
            Ok(text) => Self(Form::Text(text.into())),
            Err(_) => Self(Form::Json(raw.into())),
        }
    }

    /// The text as it came: the content of the string, or the object's own JSON. `None` when `data` was absent
    /// or null.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.0 {
            Form::Absent => None,
            Form::Text(text) | Form::Json(text) => Some(text),
        }
    }

    /// The data decoded: JSON inside a string is read, other text is kept as a string, absence is null. So the
    /// string `"42"` gives the number 42, with [`text`](Self::text) to tell what it was.
    #[must_use]
    pub fn value(&self) -> Value {
        let Some(text) = self.text() else {
            return Value::Null;
        };
        serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
    }

    /// The data decoded as a type of yours, straight from the text.
    ///
    /// # Errors
    ///
    /// The text is not JSON of that shape; plain text can only become a string.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        let text = self.text().unwrap_or("null");
        serde_json::from_str(text).or_else(|error| match &self.0 {
            Form::Text(text) => serde_json::from_value(Value::String(text.to_string())).map_err(|_| error),
            Form::Absent | Form::Json(_) => Err(error),
        })
    }

    /// The length of [`text`](Self::text) in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text().map_or(0, str::len)
    }

    /// Whether there is nothing, not even an empty object.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn data(wire: &str) -> Data {
        let raw = RawValue::from_string(wire.to_owned()).unwrap();
        Data::from_wire(Some(&raw))
    }

    /// Row 22.
    #[test]
    fn data_is_decoded_from_every_form_and_its_text_is_kept() {
        for (wire, text, value) in [
            (
                r#""{\"id\":1, \"t\":\"ü\"}""#,
                "{\"id\":1, \"t\":\"ü\"}",
                json!({"id": 1, "t": "ü"}),
            ),
            (r#"{"id": 1}"#, r#"{"id": 1}"#, json!({"id": 1})),
            (r#""hello there""#, "hello there", json!("hello there")),
            (r#""42""#, "42", json!(42)),
            ("42", "42", json!(42)),
            (r#""""#, "", json!("")),
            (r#""\"quoted\"""#, "\"quoted\"", json!("quoted")),
            (r#""{\"cut\":""#, "{\"cut\":", json!("{\"cut\":")),
            ("[1,2]", "[1,2]", json!([1, 2])),
            ("true", "true", json!(true)),
        ] {
            assert_eq!(data(wire).text(), Some(text), "text of {wire}");
            assert_eq!(data(wire).value(), value, "value of {wire}");
        }
        assert_eq!(Data::from_wire(None).text(), None);
        assert_eq!(Data::from_wire(None).value(), Value::Null);
    }

    #[test]
    fn data_is_read_as_a_type_of_the_caller() {
        #[derive(serde::Deserialize, PartialEq, Debug)]
        struct Offer {
            id: u64,
        }
        assert_eq!(data(r#""{\"id\":7}""#).parse::<Offer>().unwrap(), Offer { id: 7 });
        assert_eq!(data(r#"{"id":7}"#).parse::<Offer>().unwrap(), Offer { id: 7 });
        assert_eq!(data(r#""plain""#).parse::<String>().unwrap(), "plain");
        assert!(
            data(r#""plain""#).parse::<Offer>().is_err(),
            "plain text is no offer"
        );
        assert_eq!(Data::default().parse::<Option<u8>>().unwrap(), None);
    }

    #[test]
    fn json_nested_without_end_is_kept_as_text_instead_of_overflowing_the_stack() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(data(&deep).value(), Value::String(deep.clone()));
    }
}
