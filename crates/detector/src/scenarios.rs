//! Scenarios of the judging, from batch bytes to alerts and roots, without a network.
#![allow(clippy::unwrap_used, reason = "tests")]

use crate::alert::Rule;
use crate::head::Head;
use crate::judge::{Judged, judge};
use crate::model::VerdictKind;
use crate::prepare::{Fetched, Prepared, prepare};
use arweave::{Address, ArweaveId};
use crypto::secp::EvmKey;
use everpay::{Amount, Checker, Ledger, Rules, StateRoot, Tokens, Transaction, eth_token, sign_evm};
use oracle::{Evidence, MintFinding, RefutedWhy};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) const OWNER: Address = Address::from_bytes([7; 32]);

pub(crate) fn rules() -> Rules {
    Rules { tokens: Tokens::Listed(vec![eth_token()]), ..Rules::open(&OWNER.to_string()) }
}

pub(crate) fn key(n: u8) -> EvmKey {
    EvmKey::from_bytes(&[n; 32]).unwrap()
}

fn account(n: u8) -> String {
    crypto::eip55(&key(n).address())
}

/// A signed transaction: `from` and `to` are key numbers.
pub(crate) fn tx(action: &str, from: u8, to: u8, amount: u64, nonce: u64) -> Transaction {
    let data = match action {
        "mint" => format!("{{\"hash\":\"0x{nonce:064x}\"}}"),
        _ => String::new(),
    };
    let mut tx = Transaction {
        token_symbol: "ETH".to_owned(),
        action: action.to_owned(),
        from: account(from),
        to: account(to),
        amount: amount.to_string(),
        fee: "0".to_owned(),
        fee_recipient: String::new(),
        nonce: nonce.to_string(),
        token_id: "0x0000000000000000000000000000000000000000".to_owned(),
        chain_type: "ethereum".to_owned(),
        chain_id: "1".to_owned(),
        data,
        version: "v1".to_owned(),
        sig: String::new(),
    };
    sign_evm(&mut tx, &key(from));
    tx
}

fn batch(number: u8, prev: Option<[u8; 32]>, txs: &[Transaction]) -> (Fetched, Option<[u8; 32]>) {
    let items = rollup::seal(prev, txs.iter().map(|tx| tx.to_json().into_bytes()));
    let last = items.last().map(|item| item.tx_id).or(prev);
    let fetched = Fetched {
        id: ArweaveId::from_bytes([number; 32]),
        parent: (number > 1).then(|| ArweaveId::from_bytes([number - 1; 32])),
        owner: OWNER,
        height: u64::from(number),
        block_time_ms: 0,
        seen_ms: 0,
        header: Vec::new(),
        data: Arc::new(rollup::pack(&items)),
    };
    (fetched, last)
}

pub(crate) struct World {
    pub(crate) head: Head,
    checker: Checker,
    last_item: Option<[u8; 32]>,
    pub(crate) number: u8,
}

impl World {
    pub(crate) fn new() -> Self {
        let head = Head::new(Some(Ledger::new(rules())));
        Self { head, checker: Checker::new(), last_item: None, number: 0 }
    }

    /// The same on a head that somebody else holds meanwhile.
    pub(crate) fn take_on(&mut self, head: &mut Head, txs: &[Transaction]) -> Vec<VerdictKind> {
        std::mem::swap(head, &mut self.head);
        let kinds = self.take(txs);
        std::mem::swap(head, &mut self.head);
        kinds
    }

    fn root(&self) -> StateRoot {
        self.head.ledger.as_ref().unwrap().root()
    }

    pub(crate) fn take(&mut self, txs: &[Transaction]) -> Vec<VerdictKind> {
        self.take_with(txs, BTreeMap::new())
    }

    pub(crate) fn take_with(
        &mut self,
        txs: &[Transaction],
        findings: BTreeMap<usize, MintFinding>,
    ) -> Vec<VerdictKind> {
        self.number += 1;
        let (fetched, last) = batch(self.number, self.last_item, txs);
        self.last_item = last;
        let prepared = prepare(&self.checker, &OWNER, fetched);
        self.absorb(prepared, findings)
    }

    fn absorb(&mut self, prepared: Prepared, findings: BTreeMap<usize, MintFinding>) -> Vec<VerdictKind> {
        let number = self.head.number() + 1;
        let carry = self.head.carry.clone();
        let judged: Judged = judge(self.head.ledger.as_mut().unwrap(), &carry, &prepared, &findings, number, 1_000);
        let kinds = judged.verdicts.iter().map(|v| v.kind).collect();
        self.head.push(Arc::new(prepared), findings, judged, 1_000);
        kinds
    }

    /// `rule code` of every open alert.
    fn alerts(&self) -> Vec<String> {
        let open = self.head.alerts.values().filter(|alert| !alert.closed);
        open.map(|alert| format!("{} {}", alert.rule.id(), alert.code)).collect()
    }
}

pub(crate) fn funded() -> World {
    let mut world = World::new();
    assert_eq!(world.take(&[tx("mint", 9, 1, 1_000, 1)]), [VerdictKind::NotCheckable]);
    world
}

#[test]
fn every_rule_fires_once_and_leaves_the_state_as_it_was() {
    let forged = MintFinding::Refuted { reason: RefutedWhy::NotFound, evidence: Evidence::default() };
    let mut broken = tx("transfer", 1, 2, 5, 50);
    broken.amount = "6".to_owned();
    let replayed = tx("transfer", 1, 2, 10, 40);
    let cases = [
        ("F1 err_invalid_signature", broken, None),
        (
            "F1 err_invalid_chainid",
            {
                let mut other = tx("transfer", 1, 2, 5, 50);
                other.chain_id = "2".to_owned();
                sign_evm(&mut other, &key(1));
                other
            },
            None,
        ),
        ("F2 err_insufficient_balance", tx("transfer", 1, 2, 991, 50), None),
        ("F3 err_nonce_too_low", replayed.clone(), None),
        ("F4 err_invalid_mint_tx", tx("mint", 9, 1, 7, 60), Some(forged)),
        (
            "F5 err_tx_minted",
            {
                let mut again = tx("mint", 8, 1, 7, 61);
                again.data = tx("mint", 9, 1, 1_000, 1).data;
                sign_evm(&mut again, &key(8));
                again
            },
            None,
        ),
    ];
    for (expected, wrong, finding) in cases {
        let mut world = funded();
        world.take(std::slice::from_ref(&replayed));
        let before = world.root();
        let findings = finding.into_iter().map(|finding| (0, finding)).collect();
        assert_eq!(world.take_with(std::slice::from_ref(&wrong), findings), [VerdictKind::Rejected], "{expected}");
        assert_eq!(world.alerts(), [expected]);
        assert_eq!(world.root(), before, "{expected}: a refusal changes nothing");
        let alert = world.head.alerts.values().next().unwrap().clone();
        assert!(alert.provisional && alert.evidence.iter().any(|link| !link.holds), "{expected}");
        assert_eq!(alert.place.ever_hash, Some(wrong.ever_hash().to_string()));
        world.take(&[tx("transfer", 1, 2, 1, 70)]);
        assert_eq!(world.alerts().len(), 1, "what is right afterwards raises nothing");
    }
}

#[test]
fn the_balance_proof_of_an_overspend_holds_under_the_root_before() {
    let mut world = funded();
    let before = world.root();
    world.take(&[tx("transfer", 1, 2, 400, 50), tx("transfer", 1, 2, 601, 51)]);
    let alert = world.head.alerts.values().next().unwrap();
    assert_eq!((alert.param("had"), alert.param("needed"), alert.param("short")), ("600", "601", "1"));
    let link = alert.evidence.iter().find(|link| link.code == "balanceBefore").unwrap();
    let text = &link.params.iter().find(|p| p.name == "proof").unwrap().value;
    let proof: everpay::Proof = serde_json::from_str(text).unwrap();
    assert!(proof.verify(&before));
}

#[test]
fn what_fails_only_for_lack_of_refused_money_is_told_under_the_same_alert() {
    let mut world = funded();
    world.take(&[tx("transfer", 1, 2, 5_000, 50), tx("transfer", 2, 3, 4_000, 50), tx("transfer", 3, 4, 3_000, 50)]);
    assert_eq!(world.alerts(), ["F2 err_insufficient_balance"]);
    assert_eq!(world.head.alerts.values().next().unwrap().consequences.len(), 2);
    // More than was expected is a wrong of its own.
    world.take(&[tx("transfer", 2, 4, 2_000, 51)]);
    assert_eq!(world.alerts().len(), 2);
}

#[test]
fn a_foreign_batch_counts_for_nothing_and_is_named() {
    let mut world = funded();
    let before = world.root();
    let (mut fetched, _) = batch(2, world.last_item, &[tx("transfer", 1, 2, 5, 50)]);
    fetched.owner = Address::from_bytes([8; 32]);
    let prepared = prepare(&world.checker, &OWNER, fetched);
    assert!(world.absorb(prepared, BTreeMap::new()).is_empty());
    assert_eq!(world.alerts(), ["F8 foreign_batch"]);
    assert_eq!(world.root(), before);
}

#[test]
fn a_batch_that_is_no_batch_is_named_and_the_next_one_counts() {
    let mut world = funded();
    let (mut fetched, _) = batch(2, world.last_item, &[]);
    fetched.data = Arc::new(b"[{".to_vec());
    let prepared = prepare(&world.checker, &OWNER, fetched);
    world.absorb(prepared, BTreeMap::new());
    assert_eq!(world.alerts(), ["F8 malformed_batch"]);
    assert_eq!(world.take(&[tx("transfer", 1, 2, 5, 50)]), [VerdictKind::Applied]);
}

#[test]
fn a_re_sealed_sibling_is_dropped_quietly_and_a_different_one_is_a_fork() {
    let txs = [tx("transfer", 1, 2, 5, 50), tx("transfer", 1, 2, 6, 51)];
    let sibling = |world: &mut World, txs: &[Transaction]| {
        let before = world.last_item;
        world.take(&txs[..2]);
        let ids = rollup::seal(before, txs[..2].iter().map(|tx| tx.to_json().into_bytes()))
            .into_iter()
            .map(|item| item.tx_id);
        world.head.carry.repeats = ids.collect();
        world.last_item = before;
    };
    let mut world = funded();
    sibling(&mut world, &txs);
    let root = world.root();
    let kinds = world.take(&txs);
    assert_eq!(kinds, [VerdictKind::Repeat, VerdictKind::Repeat]);
    assert_eq!((world.alerts().len(), world.root()), (0, root));
    assert_eq!(world.take(&[tx("transfer", 1, 2, 1, 60)]), [VerdictKind::Applied]);

    let mut world = funded();
    sibling(&mut world, &txs);
    world.take(&[txs[0].clone(), tx("transfer", 1, 2, 7, 55)]);
    assert_eq!(world.alerts(), ["F6 conflicting_siblings"]);
}

#[test]
fn dropping_a_batch_restores_everything() {
    let mut world = funded();
    let (root, carry, last_item) = (world.root(), world.head.carry.encode(), world.last_item);
    world.take(&[tx("transfer", 1, 2, 5, 50), tx("transfer", 1, 2, 9_999, 51)]);
    assert_eq!(world.alerts().len(), 1);
    world.head.pop();
    assert_eq!((world.root(), world.head.carry.encode()), (root, carry));
    assert_eq!(world.alerts().len(), 0, "its alert is closed with it");
    world.number -= 1;
    world.last_item = last_item;
    world.take(&[tx("transfer", 1, 2, 9_999, 51)]);
    assert_eq!(world.alerts().len(), 1, "and open again when the wrong comes back");
}

#[test]
fn after_an_undecidable_transaction_its_possible_consequences_are_undecidable() {
    let mut world = funded();
    let undecidable = tx("setAcc", 1, 1, 0, 50);
    assert_eq!(world.take(&[undecidable]), [VerdictKind::Undecidable]);
    assert_eq!(world.take(&[tx("transfer", 1, 2, 9_999, 60)]), [VerdictKind::Undecidable]);
    let mut broken = tx("transfer", 1, 2, 5, 61);
    broken.amount = "6".to_owned();
    assert_eq!(world.take(&[broken]), [VerdictKind::Rejected], "a signature stays a signature");
    assert_eq!(world.alerts(), ["F1 err_invalid_signature"]);
}

#[test]
fn a_flood_of_one_kind_is_counted_instead_of_listed() {
    let mut world = funded();
    let txs: Vec<_> = (0..100).map(|n| tx("transfer", 2, 3, 10_000 + n, 50 + n)).collect();
    world.take(&txs);
    assert_eq!(world.head.alerts.len(), 64);
    assert!(world.head.alerts.values().all(|alert| alert.rule == Rule::F2));
    assert!(world.head.alerts.values().any(|alert| alert.param("more") == "36"));
    assert_eq!(world.head.carry.totals.rejected, 100);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Any split of the same items into batches gives the same verdicts, sums and root; the supply is conserved.
    #[test]
    fn any_split_gives_the_same_root(
        moves in proptest::collection::vec((1_u8..5, 1_u8..5, 0_u64..400), 1..25),
        cuts in proptest::collection::vec(1_usize..6, 1..12),
    ) {
        let txs: Vec<_> = moves
            .iter()
            .zip(100_u64..)
            .map(|((from, to, amount), nonce)| tx("transfer", *from, *to, *amount, nonce))
            .collect();
        let mut whole = funded();
        let expected = whole.take(&txs);
        let mut split = funded();
        let mut kinds = Vec::new();
        let mut rest = &txs[..];
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at((*cut).min(rest.len()));
            kinds.extend(split.take(now));
            rest = later;
        }
        prop_assert_eq!(kinds, expected);
        prop_assert_eq!(split.root(), whole.root());
        prop_assert_eq!(split.head.carry.totals, whole.head.carry.totals);
        let ledger = split.head.ledger.as_ref().unwrap();
        let tag = ledger.rules().listed()[0].tag();
        let sum = ledger.accounts().fold(Amount::ZERO, |sum, (id, _)| sum.checked_add(ledger.balance(id, &tag)).unwrap());
        prop_assert_eq!(sum, ledger.supply(&tag));
    }
}
