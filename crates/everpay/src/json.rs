//! Members of a foreign JSON object, found as the reference finds them: the exact name first, else ignoring case.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

/// The text is not JSON, not an object, or the member has another type than text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mismatch;

/// The member `name` of the object `text`, whatever its type. Of repeated members the last counts; `null` is absence,
/// and a text that is `null` as a whole is an object without members, as in the reference.
pub(crate) fn member(text: &str, name: &str) -> Result<Option<Value>, Mismatch> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let found = reader.deserialize_any(MemberVisitor { name }).map_err(|_| Mismatch)?;
    reader.end().map_err(|_| Mismatch)?;
    Ok(found)
}

/// Like [`member`], for a member that must be text; absence is the empty text.
pub(crate) fn text_member(text: &str, name: &str) -> Result<String, Mismatch> {
    match member(text, name)? {
        None => Ok(String::new()),
        Some(Value::String(value)) => Ok(value),
        Some(_) => Err(Mismatch),
    }
}

struct MemberVisitor<'a> {
    name: &'a str,
}

impl<'de> Visitor<'de> for MemberVisitor<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut exact, mut folded) = (None, None);
        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            if key == self.name {
                exact = map.next_value::<Option<Value>>()?.or(exact);
            } else if key.eq_ignore_ascii_case(self.name) {
                folded = map.next_value::<Option<Value>>()?.or(folded);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(exact.or(folded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_name_wins_then_any_case() {
        let check = |text: &str, want: Result<&str, Mismatch>| {
            assert_eq!(text_member(text, "arOwner"), want.map(str::to_owned), "{text}");
        };
        check(r#"{"arOwner":"a"}"#, Ok("a"));
        check(r#"{"AROWNER":"b"}"#, Ok("b"));
        check(r#"{"AROWNER":"b","arOwner":"a","arowner":"c"}"#, Ok("a"));
        check(r#"{"arOwner":"a","arOwner":"b"}"#, Ok("b"));
        check(r#"{"arOwner":null,"x":{"arOwner":"z"}}"#, Ok(""));
        check("null", Ok(""));
        check("{}", Ok(""));
        for bad in [r#"{"arOwner":1}"#, "", "[]", "1", "\"arOwner\"", "{} x", "{"] {
            check(bad, Err(Mismatch));
        }
    }
}
