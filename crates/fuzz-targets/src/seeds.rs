//! Seeds out of the published vectors.

use serde_json::Value;

/// A vector file below `tests/vectors`.
pub(crate) fn vectors(name: &str) -> Value {
    let path = format!("{}/../../tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read(path).expect("the vectors are part of the sources");
    serde_json::from_slice(&text).expect("a vector file is JSON")
}

/// Everything that stands under this member name, wherever in the value.
pub(crate) fn members<'a>(value: &'a Value, name: &str) -> Vec<&'a Value> {
    let children: Vec<&Value> = match value {
        Value::Array(list) => list.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    };
    value.get(name).into_iter().chain(children.into_iter().flat_map(|child| members(child, name))).collect()
}

/// The texts under a member name, decoded.
pub(crate) fn decoded<E>(file: &str, name: &str, decode: impl Fn(&str) -> Result<Vec<u8>, E>) -> Vec<Vec<u8>> {
    let file = vectors(file);
    members(&file, name).into_iter().filter_map(|value| decode(value.as_str()?).ok()).collect()
}

/// The values under a member name as JSON, texts as they are.
pub(crate) fn json(file: &str, name: &str) -> Vec<Vec<u8>> {
    let file = vectors(file);
    let bytes = |value: &Value| match value {
        Value::String(text) => text.clone().into_bytes(),
        other => other.to_string().into_bytes(),
    };
    members(&file, name).into_iter().map(bytes).collect()
}

/// The two parts of an input that has a second one: a length (2 bytes, little-endian), the first part, the rest.
pub(crate) fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_le_bytes(*len)))
}

/// The input that [`split`] takes apart.
pub(crate) fn joined(first: &[u8], second: &[u8]) -> Vec<u8> {
    let len = u16::try_from(first.len()).expect("first parts of seeds are short");
    [&len.to_le_bytes(), first, second].concat()
}
