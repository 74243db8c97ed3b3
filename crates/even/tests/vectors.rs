//! The reference vectors of sections 3 to 10, through the same judge that `everwatchd vectors` uses.

#[path = "../../everwatchd/src/vectors/even/mod.rs"]
mod judge;

mod set {
    use serde_json::Value;

    pub(super) fn cases(name: &str) -> Vec<Value> {
        let path = format!("{}/../../tests/vectors/even/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read(path).expect("the vectors are part of the sources");
        let file: Value = serde_json::from_slice(&text).expect("a vector file is JSON");
        file["cases"].as_array().expect("a vector file has cases").clone()
    }

    /// All cases of a set hold, and there are as many as were published.
    pub(super) fn holds(name: &str, count: usize) {
        let cases = cases(name);
        let check = format!("even-vectors/1 {name}");
        let failures: Vec<String> = cases
            .iter()
            .filter_map(|case| match super::judge::check(&check, case) {
                Some(Ok(())) => None,
                Some(Err(reason)) => Some(format!("{}: {reason}", case["id"])),
                None => Some(format!("{}: nobody judges it", case["id"])),
            })
            .collect();
        assert!(failures.is_empty(), "{}", failures.join("\n"));
        assert_eq!(cases.len(), count, "cases of {name}");
    }
}

#[test]
fn keys_and_addresses_are_those_of_the_reference() {
    set::holds("keys", 14);
}

#[test]
fn digits_and_one_time_signatures_are_those_of_the_reference() {
    set::holds("wots", 17);
}

#[test]
fn bundle_hashes_are_those_of_the_reference() {
    set::holds("bundle", 10);
}

#[test]
fn the_payment_of_alice_to_bob_is_that_of_the_reference() {
    set::holds("alice", 5);
}

#[test]
fn the_first_broken_rule_of_a_message_is_that_of_the_reference() {
    set::holds("messages", 24);
}

#[test]
fn stamps_and_difficulties_are_those_of_the_reference() {
    set::holds("hashcash", 24);
}

#[test]
fn encodings_and_signed_blocks_are_those_of_the_reference() {
    set::holds("records", 18);
}

#[test]
fn channel_frames_are_those_of_the_reference() {
    set::holds("channel", 6);
}

#[test]
fn ratings_are_those_of_the_reference() {
    set::holds("ranking", 33);
}

#[test]
fn forecasts_are_those_of_the_reference() {
    set::holds("forecast", 15);
}

#[test]
fn weights_drifts_and_mailing_lists_are_those_of_the_reference() {
    set::holds("weights", 16);
}

#[test]
fn ledger_rules_and_balances_are_those_of_the_reference() {
    set::holds("ledger", 10);
}

#[test]
fn votes_locks_and_verdicts_are_those_of_the_reference() {
    set::holds("voting", 18);
}

/// Another value of the same kind.
fn altered(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::{Value, json};
    match value {
        Value::String(text) if text.ends_with('1') => json!(text[..text.len() - 1].to_owned() + "2"),
        Value::String(text) => json!(text[..text.len().saturating_sub(1)].to_owned() + "1"),
        Value::Number(number) => json!(number.as_i64().expect("vectors of these sets have integers") + 1),
        Value::Bool(truth) => json!(!truth),
        Value::Array(list) => json!(&list[1..]),
        _ => json!("else"),
    }
}

#[test]
fn a_case_with_any_member_altered_added_or_missing_fails() {
    for name in ["keys", "bundle", "alice", "channel"] {
        let check = format!("even-vectors/1 {name}");
        for case in set::cases(name) {
            let members = case.as_object().expect("a case is an object");
            let remark = |member: &str| ["id", "name", "why"].contains(&member);
            // A text that is no address stays none.
            for member in members.keys().filter(|member| !remark(member) && case["valid"] != false) {
                let fails = |changed: &serde_json::Value| !matches!(judge::check(&check, changed), Some(Ok(())));
                let mut changed = case.clone();
                changed[member] = altered(&case[member]);
                assert!(fails(&changed), "{} with another {member}", case["id"]);
                changed.as_object_mut().expect("a case is an object").remove(member);
                assert!(fails(&changed), "{} without {member}", case["id"]);
            }
            let mut more = case.clone();
            more["more"] = 1.into();
            assert!(!matches!(judge::check(&check, &more), Some(Ok(()))), "{} with more", case["id"]);
        }
    }
}
