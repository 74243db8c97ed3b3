#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::api::{CeremonyMember, CeremonyRow, CeremonyState, PaidOutput, SessionRow, SessionState, SpentCoin};
use crate::settings::Language;

/// In one piece, long lines too.
fn text(draft: &Draft) -> String {
    draft.question(Language::English).text.replace("\n    ", " ")
}

fn member(number: u16, name: &str) -> KeyMember {
    KeyMember { number, name: name.into(), peer: None, me: number == 1, up: true }
}

fn ceremony(kind: CeremonyKind, subject: Option<u16>) -> CeremonyDetail {
    let one = |number, name: &str, words: &str| CeremonyMember {
        member: member(number, name),
        key: "aa".into(),
        words: vec![words.into()],
        compared: None,
        joined: false,
        marks: Vec::new(),
    };
    CeremonyDetail {
        row: CeremonyRow {
            id: "1d".into(),
            kind,
            label: "Harbour".into(),
            group: None,
            state: CeremonyState::Comparing,
            my_turn: true,
            attempt: 1,
            begun_ms: 1,
            ended_ms: None,
        },
        network: BitcoinNetwork::Regtest,
        threshold: 2,
        proposer: 1,
        fingerprint: "f00d".into(),
        words: vec!["legal".into(), "winner".into()],
        members: vec![one(1, "Ada", "apple"), one(2, "Jun", "brick")],
        subject,
        rounds: Vec::new(),
        gives_up_ms: None,
        failure: None,
        outcome: None,
        log: Vec::new(),
    }
}

fn session() -> SessionDetail {
    SessionDetail {
        row: SessionRow {
            id: "5e".into(),
            label: "Harbour".into(),
            group: "aa".into(),
            proposer: "Jun".into(),
            state: SessionState::Asked,
            amount: "150001000".into(),
            to: Some("bcrt1pto".into()),
            inputs: 1,
            approved: 0,
            threshold: 2,
            asked_ms: 1,
        },
        network: BitcoinNetwork::Main,
        digest: "d19e".into(),
        words: vec!["zoo".into()],
        txid: "7a1d".into(),
        spends: vec![SpentCoin {
            outpoint: "c01n:3".into(),
            amount: "200000000".into(),
            account: Some("0xAcc".into()),
            address: "bc1pfrom".into(),
        }],
        pays: vec![
            PaidOutput { to: "bc1pto".into(), amount: "150000000".into(), own: false },
            PaidOutput { to: "bc1pchange".into(), amount: "49999000".into(), own: true },
        ],
        fee: "1000".into(),
        fee_rate: 6_250,
        members: Vec::new(),
        failure: None,
        transaction: None,
        second_surface: String::new(),
        gives_up_ms: None,
    }
}

#[test]
fn an_approval_says_every_input_and_output_in_full_in_both_languages() {
    let session = session();
    let draft = approve(&session).unwrap();
    for language in [Language::English, Language::Chinese] {
        let asked = draft.question(language).text;
        let facts = ["1.50 BTC → bc1pto", "0.49999 BTC → bc1pchange", "0.00001 BTC", "6.250 sat/vB", "1.50001 BTC"];
        let more = ["Harbour", "7a1d", "zoo", "d19e", "2.00 BTC · c01n:3 · 0xAcc"];
        for fact in facts.into_iter().chain(more) {
            assert!(asked.contains(fact), "{fact} in {asked}");
        }
    }
    let first = text(&draft);
    assert!(first.starts_with("Pays: 1.50 BTC → bc1pto\nBack to the key: "), "{first}");
}

#[test]
fn a_transaction_that_nobody_can_look_through_is_not_asked_about() {
    let mut session = session();
    session.pays = vec![session.pays[0].clone(); OUTPUTS_MAX];
    session.spends = vec![session.spends[0].clone(); 64];
    let shown = text(&approve(&session).unwrap());
    assert!(!shown.contains("further lines"), "{shown}");
    session.pays.push(session.pays[0].clone());
    assert_eq!(approve(&session).unwrap_err().code, "refused");
}

#[test]
fn whoever_joins_sees_every_member_with_its_words_and_the_words_of_all() {
    let asked = text(&join(&ceremony(CeremonyKind::Create, None), None));
    assert!(asked.contains("This program: 1 Ada: apple\nMember: 2 Jun: brick"), "{asked}");
    assert!(asked.contains("Sign together: 2 / 2") && asked.contains("Check words: legal winner"), "{asked}");
    assert!(asked.contains("Fingerprint: f00d"), "{asked}");
    assert_ne!(join(&ceremony(CeremonyKind::Create, None), None), join(&ceremony(CeremonyKind::Refresh, None), None));
    let removal = text(&join(&ceremony(CeremonyKind::Remove, Some(3)), Some(&member(3, "Ravi"))));
    assert!(removal.contains("Left out: 3 Ravi"), "{removal}");
    let repair = text(&join(&ceremony(CeremonyKind::Repair, Some(2)), None));
    assert!(repair.contains("Share restored for: 2 Jun"), "{repair}");
}

#[test]
fn a_task_names_whom_it_is_about_and_says_what_old_shares_still_can() {
    let members = vec![member(1, "Ada"), member(2, "Jun"), member(3, "Ravi")];
    let key = SharedKey {
        group: "aa".into(),
        key: "bb".into(),
        label: "Harbour".into(),
        network: BitcoinNetwork::Test,
        threshold: 2,
        generation: 0,
        members,
        since_ms: 1,
        share: true,
        backed_up_ms: None,
        drilled_ms: None,
        busy: None,
    };
    let removal = text(&begin(&key, CeremonyKind::Remove, Some(&key.members[2])).unwrap());
    assert!(removal.contains("Left out: 3 Ravi") && removal.contains("Sign together: 2 / 2"), "{removal}");
    assert!(removal.contains("Whoever stole enough old shares"), "{removal}");
    let repair = text(&begin(&key, CeremonyKind::Repair, Some(&key.members[1])).unwrap());
    assert!(!repair.contains("stole") && repair.contains("Share restored for: 2 Jun"), "{repair}");
    assert!(begin(&key, CeremonyKind::Create, None).is_none());
}
