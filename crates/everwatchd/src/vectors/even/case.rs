//! One case, and which of its members were looked at.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::str::FromStr;

/// Members that describe the case to people.
const REMARKS: [&str; 3] = ["id", "name", "why"];

/// A JSON object that remembers what was read.
pub(super) struct Case<'a> {
    json: &'a Value,
    read: RefCell<BTreeSet<String>>,
}

impl<'a> Case<'a> {
    pub(super) fn new(json: &'a Value) -> Self {
        Self { json, read: RefCell::default() }
    }

    pub(super) fn has(&self, member: &str) -> bool {
        self.json.get(member).is_some()
    }

    pub(super) fn value(&self, member: &str) -> Result<&'a Value, String> {
        self.read.borrow_mut().insert(member.into());
        self.json.get(member).ok_or_else(|| format!("the case has no {member}"))
    }

    pub(super) fn text(&self, member: &str) -> Result<&'a str, String> {
        self.value(member)?.as_str().ok_or_else(|| format!("{member} is no text"))
    }

    /// A number, or a decimal text.
    pub(super) fn number<T: TryFrom<i64>>(&self, member: &str) -> Result<T, String> {
        let value = self.value(member)?;
        let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| format!("{member} is no number in range"))
    }

    pub(super) fn real(&self, member: &str) -> Result<f64, String> {
        self.value(member)?.as_f64().ok_or_else(|| format!("{member} is no number"))
    }

    pub(super) fn reals(&self, member: &str) -> Result<Vec<f64>, String> {
        let numbers: Option<_> = self.list(member)?.iter().map(Value::as_f64).collect();
        numbers.ok_or_else(|| format!("{member} is no list of numbers"))
    }

    /// Compares a member with a real number, `None` with null, within the tolerance of the vectors.
    pub(super) fn expect_real(&self, member: &str, computed: impl Into<Option<f64>>) -> Result<(), String> {
        let (wanted, computed) = (self.value(member)?, computed.into());
        match (wanted.as_f64(), computed) {
            (None, None) if wanted.is_null() => Ok(()),
            (Some(a), Some(b)) if (a - b).abs() <= f64::max(1e-9 * a.abs(), 1e-12) => Ok(()),
            _ => Err(format!("{member}: {computed:?} instead of {wanted}")),
        }
    }

    pub(super) fn hex(&self, member: &str) -> Result<Vec<u8>, String> {
        const_hex::decode(self.text(member)?).map_err(|error| format!("{member}: {error}"))
    }

    pub(super) fn array<const N: usize>(&self, member: &str) -> Result<[u8; N], String> {
        self.hex(member)?.try_into().map_err(|_| format!("{member} is not {N} bytes"))
    }

    pub(super) fn base64(&self, member: &str) -> Result<Vec<u8>, String> {
        STANDARD.decode(self.text(member)?).map_err(|error| format!("{member}: {error}"))
    }

    pub(super) fn parse<T: FromStr<Err: std::fmt::Display>>(&self, member: &str) -> Result<T, String> {
        self.text(member)?.parse().map_err(|error| format!("{member}: {error}"))
    }

    pub(super) fn list(&self, member: &str) -> Result<&'a [Value], String> {
        self.value(member)?.as_array().map(Vec::as_slice).ok_or_else(|| format!("{member} is no list"))
    }

    /// Compares a member with what was computed for it.
    pub(super) fn expect(&self, member: &str, computed: impl Into<Value>) -> Result<(), String> {
        let (wanted, computed) = (self.value(member)?, computed.into());
        if *wanted == computed { Ok(()) } else { Err(format!("{member}: {computed} instead of {wanted}")) }
    }

    pub(super) fn expect_hex(&self, member: &str, computed: impl AsRef<[u8]>) -> Result<(), String> {
        self.expect(member, const_hex::encode(computed))
    }

    /// Fails when a member was not looked at.
    pub(super) fn finish(&self) -> Result<(), String> {
        let read = self.read.borrow();
        let members = self.json.as_object().ok_or("the case is no object")?;
        match members.keys().find(|name| !read.contains(*name) && !REMARKS.contains(&name.as_str())) {
            Some(name) => Err(format!("{name}: nothing is computed for it")),
            None => Ok(()),
        }
    }
}
