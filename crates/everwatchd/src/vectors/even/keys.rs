//! Sets `keys` and `wots`: sections 4 and 5.

use super::case::Case;
use even::ids::{Address, BundleHash};
use even::keys::Seed;
use even::wots::Digits;
use serde_json::json;

pub(super) fn address(case: &Case<'_>) -> Result<(), String> {
    if case.has("valid") {
        return text(case);
    }
    let key = Seed::new(case.array("seed")?.into()).key(case.number("account")?, case.number("index")?);
    let last = |parts: &[[u8; 1024]; 2]| parts[1][992..].to_vec();
    let ends = key.ends();
    case.expect_hex("start0", &key.starts()[0][..32])?;
    case.expect_hex("start63", last(key.starts()))?;
    case.expect_hex("end0", &ends[0][..32])?;
    case.expect_hex("end63", last(&ends))?;
    case.expect_hex("address", key.address().0)?;
    case.expect("text", key.address().to_string())?;
    if case.parse::<Address>("text")? == key.address() { Ok(()) } else { Err("the text names another address".into()) }
}

fn text(case: &Case<'_>) -> Result<(), String> {
    let parsed = case.text("text")?.parse::<Address>();
    case.expect("valid", parsed.is_ok())?;
    parsed.map_or(Ok(()), |address| case.expect_hex("address", address.0))
}

pub(super) fn signature(case: &Case<'_>) -> Result<(), String> {
    let digits = Digits::of(&case.parse::<BundleHash>("bundle")?);
    match case.text("kind")? {
        "normalise" => {
            case.expect("digits", json!(digits.as_array().as_slice()))?;
            case.expect("safe", digits.is_safe())
        }
        "verify" => {
            let (part0, part1) = (case.base64("fragment0")?, case.base64("fragment1")?);
            case.expect("valid", digits.verify(&Address(case.array("address")?), &part0, &part1).is_ok())
        }
        other => Err(format!("unknown kind {other}")),
    }
}
