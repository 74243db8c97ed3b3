//! The ledger beside a naive model on random workloads, and the properties that must hold whatever comes.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{FEES, account, ar, dollar, draft, rules, signed, usd};
use everpay::{
    AccountId, Amount, BatchChange, Checked, Denied, EverHash, Ledger, MintFingerprint, MintVerdict, Minted, Proof,
    Snapshot, StateRoot, TokenTag, Transaction, ar_token,
};
use proptest::prelude::*;

/// One random wish. Most are legal, many are not.
#[derive(Debug, Clone)]
struct Wish {
    dollars: bool,
    action: u8,
    from: u8,
    to: u8,
    amount: u64,
    fee: u64,
    stale: bool,
    deposit: u8,
    verdict: u8,
}

fn wish() -> impl Strategy<Value = Wish> {
    let who = prop_oneof![4 => 0_u8..4, 1 => Just(FEES)];
    (any::<bool>(), 0_u8..6, who.clone(), who, 0_u64..30_000, 0_u64..5, 0_u8..10, 0_u8..12, 0_u8..6).prop_map(
        |(dollars, action, from, to, amount, fee, stale, deposit, verdict)| Wish {
            dollars,
            action,
            from,
            to,
            amount: if action == 5 { amount / 10_000 * 10_000 } else { amount },
            fee,
            stale: stale == 0,
            deposit,
            verdict,
        },
    )
}

impl Wish {
    fn action(&self) -> &'static str {
        match self.action {
            0 | 1 => "mint",
            2..=4 => "transfer",
            _ => "burn",
        }
    }

    fn verdict(&self) -> MintVerdict {
        match (self.action(), self.verdict) {
            ("mint", 0) => MintVerdict::Refuted,
            ("mint", 1) => MintVerdict::NotCheckable,
            ("mint", _) => MintVerdict::Verified,
            _ => MintVerdict::NotAMint,
        }
    }

    fn signed(&self, nonce: i64) -> Checked {
        let fee = if self.action() == "mint" { 0 } else { self.fee };
        let mut tx: Transaction = match (self.action(), self.dollars) {
            ("mint", true) => common::mint_usd(self.from, self.to, self.amount, nonce, self.deposit),
            ("mint", false) => common::mint(self.from, self.to, self.amount, nonce, self.deposit),
            (action, true) => draft(&dollar(), action, self.from, self.to, self.amount, fee, nonce),
            (action, false) => draft(&ar_token(), action, self.from, self.to, self.amount, fee, nonce),
        };
        if self.action() == "burn" && !self.dollars {
            tx.data = "{\"targetChainType\":\"ethereum\"}".into();
        }
        signed(tx, self.from)
    }
}

/// The rules in the plainest form: maps of small numbers.
#[derive(Debug, Clone, Default)]
struct Model {
    nonces: BTreeMap<u8, i64>,
    balances: BTreeMap<(u8, bool), i128>,
    minted: BTreeSet<(bool, u8)>,
}

impl Model {
    fn apply(&mut self, wish: &Wish, nonce: i64) -> Result<(), &'static str> {
        let dollars = wish.dollars;
        if nonce <= *self.nonces.get(&wish.from).unwrap_or(&0) {
            return Err("err_nonce_too_low");
        }
        let (amount, fee) = (i128::from(wish.amount), i128::from(wish.fee));
        let least = match (wish.action(), dollars) {
            ("transfer", true) => 2,
            ("burn", true) => 3,
            _ => 0,
        };
        if wish.action() == "mint" {
            if self.minted.contains(&(dollars, wish.deposit)) {
                return Err("err_tx_minted");
            }
            if wish.verdict() == MintVerdict::Refuted {
                return Err("err_invalid_mint_tx");
            }
            self.minted.insert((dollars, wish.deposit));
            *self.balances.entry((wish.to, dollars)).or_default() += amount;
        } else {
            if fee < least {
                return Err("err_invalid_fee");
            }
            if wish.action() == "burn" && dollars && amount % 10_000 != 0 {
                return Err("err_invalid_burn_tx");
            }
            if *self.balances.get(&(wish.from, dollars)).unwrap_or(&0) < amount + fee {
                return Err("err_insufficient_balance");
            }
            *self.balances.entry((wish.from, dollars)).or_default() -= amount + fee;
            if wish.action() == "transfer" {
                *self.balances.entry((wish.to, dollars)).or_default() += amount;
            }
            *self.balances.entry((FEES, dollars)).or_default() += fee;
        }
        self.nonces.insert(wish.from, nonce);
        Ok(())
    }

    fn supply(&self, dollars: bool) -> i128 {
        self.balances.iter().filter(|((_, token), _)| *token == dollars).map(|(_, amount)| amount).sum()
    }

    fn assert_equals(&self, ledger: &Ledger) {
        for dollars in [false, true] {
            let tag = if dollars { usd() } else { ar() };
            assert_eq!(ledger.supply(&tag).to_string(), self.supply(dollars).to_string());
            let sum =
                ledger.accounts().try_fold(Amount::ZERO, |sum, (id, _)| sum.checked_add(ledger.balance(id, &tag)));
            assert_eq!(sum, Some(ledger.supply(&tag)), "what accounts hold is what exists");
            let mut holders = 0;
            for number in [0, 1, 2, 3, FEES] {
                let want = self.balances.get(&(number, dollars)).copied().unwrap_or(0);
                assert_eq!(ledger.balance(&account(number), &tag).to_string(), want.to_string());
                holders += u64::from(want > 0);
            }
            assert_eq!(ledger.holders(&tag), holders);
        }
        for (number, nonce) in &self.nonces {
            assert_eq!(ledger.account(&account(*number)).unwrap().nonce().get(), *nonce);
        }
    }
}

/// Plays the wishes one a batch, beside the model. What was signed, how it ended, and what each batch changed.
fn play(ledger: &mut Ledger, wishes: &[Wish]) -> (Vec<(Checked, MintVerdict)>, Vec<BatchChange>) {
    let (mut model, mut played, mut changes) = (Model::default(), Vec::new(), Vec::new());
    for (number, wish) in (1..).zip(wishes) {
        let nonce = if wish.stale { 0 } else { number };
        let tx = wish.signed(nonce);
        let root = ledger.root();
        ledger.begin_batch();
        let outcome = ledger.apply(&tx, wish.verdict());
        let change = ledger.end_batch();
        match (model.apply(wish, nonce), outcome) {
            (Ok(()), Ok(applied)) => assert_eq!(applied.marked, wish.verdict() == MintVerdict::NotCheckable),
            (Err(code), Err(Denied::Rejected(refusal))) => {
                assert_eq!(refusal.code(), code, "{wish:?}");
                assert_eq!((change.root, change.applied, change.accounts.len()), (root, 0, 0));
            }
            (wanted, found) => panic!("{wish:?}: {found:?} instead of {wanted:?}"),
        }
        model.assert_equals(ledger);
        played.push((tx, wish.verdict()));
        changes.push(change);
    }
    (played, changes)
}

fn reload(ledger: &Ledger) -> Ledger {
    let snapshot = Snapshot {
        accounts: ledger.accounts().map(|(id, account)| (*id, account.clone())).collect::<Vec<_>>(),
        tokens: ledger.tokens().collect(),
        mints: ledger.mints(),
        applied: ledger.applied(),
    };
    Ledger::load(ledger.rules().clone(), snapshot).unwrap()
}

fn check_proofs(ledger: &Ledger) {
    let root = ledger.root();
    let mut flipped = *root.as_bytes();
    flipped[31] ^= 1;
    for number in [0, 1, 2, 3, FEES, 77] {
        let proof = ledger.prove(&account(number));
        assert!(proof.verify(&root));
        assert_eq!(proof.state.is_some(), ledger.account(&account(number)).is_some());
        assert_eq!(proof.balance(&usd()), ledger.balance(&account(number), &usd()));
        assert!(!proof.verify(&StateRoot::new(flipped)));
        check_damage(&proof, &root);
        let text = serde_json::to_string(&proof).unwrap();
        assert_eq!(serde_json::from_str::<Proof>(&text).unwrap(), proof);
    }
    let none = Minted { tag: ar(), deposit: MintFingerprint::from_text("none".into()) };
    let mut mints = ledger.mints();
    // A deposit of one token is none of another.
    mints.extend(ledger.mints().into_iter().map(|mint| Minted { tag: TokenTag::from_text("a-b-c"), ..mint }));
    for mint in mints.into_iter().chain([none]) {
        let mut proof = ledger.prove_mint(&mint);
        assert_eq!(proof.minted, ledger.is_minted(&mint));
        assert!(proof.verify(&root));
        proof.minted = !proof.minted;
        assert!(!proof.verify(&root));
    }
}

fn check_damage(proof: &Proof, root: &StateRoot) {
    for index in 0..proof.path.siblings.len() {
        let mut bad = proof.clone();
        bad.path.siblings[index][7] ^= 0x10;
        assert!(!bad.verify(root), "a flipped bit in sibling {index}");
    }
    let mut bad = proof.clone();
    bad.path.siblings.pop();
    assert!(!bad.verify(root));
    let mut bad = proof.clone();
    match &mut bad.state {
        Some(state) if state.balances.is_empty() => state.balances.push((usd(), Amount::from(1_u64))),
        Some(state) => state.balances[0].1 = state.balances[0].1.checked_add(Amount::from(1_u64)).unwrap(),
        None => bad.state = Some(everpay::ledger::ProvenAccount { nonce: Default::default(), balances: Vec::new() }),
    }
    assert!(!bad.verify(root), "another balance");
    let mut bad = proof.clone();
    bad.account = AccountId::Evm([0xee; 20]);
    assert!(proof.state.is_none() || !bad.verify(root), "another account");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn ledger_and_model_agree(wishes in prop::collection::vec(wish(), 1..60), cuts in prop::collection::vec(1_usize..12, 60), tail in prop::collection::vec(wish(), 1..10)) {
        let mut ledger = Ledger::new(rules());
        let empty = ledger.root();
        let (played, changes) = play(&mut ledger, &wishes);
        let root = ledger.root();
        check_proofs(&ledger);

        // Any cut into batches gives the same root; an aborted attempt leaves no trace.
        let mut other = Ledger::new(rules());
        let (mut rest, mut larger) = (&played[..], Vec::new());
        for cut in &cuts {
            let (batch, later) = rest.split_at((*cut).min(rest.len()));
            for attempt in 0..2 {
                other.begin_batch();
                for (tx, verdict) in batch {
                    let _ = other.apply(tx, *verdict);
                }
                if attempt == 0 {
                    other.abort_batch();
                }
            }
            larger.push(other.end_batch());
            rest = later;
        }
        for (tx, verdict) in rest {
            let _ = other.apply(tx, *verdict);
        }
        larger.push(other.end_batch());
        prop_assert_eq!(other.root(), root);
        prop_assert_eq!(other.applied(), ledger.applied());

        // A snapshot gives the same root, and the same verdicts on whatever follows.
        let mut loaded = reload(&ledger);
        prop_assert_eq!(loaded.root(), root);
        for (number, wish) in (1000..).zip(&tail) {
            let tx = wish.signed(number);
            prop_assert_eq!(loaded.apply(&tx, wish.verdict()), other.apply(&tx, wish.verdict()));
        }
        prop_assert_eq!(loaded.end_batch().root, other.end_batch().root);

        // Undoing goes back root by root, in small steps and in large ones, to the empty ledger.
        prop_assert!(changes.len() < 2 || changes[0].root == root || ledger.revert(&changes[0]).is_err());
        for change in changes.iter().rev() {
            prop_assert_eq!(BatchChange::decode(&change.encode()), Ok(change.clone()));
            ledger.revert(change).unwrap();
            prop_assert_eq!(ledger.root(), change.root_before);
        }
        prop_assert_eq!(ledger.root(), empty);
        prop_assert_eq!(ledger.applied(), 0);
        prop_assert_eq!(ledger.accounts().count(), 0);
        prop_assert_eq!((ledger.holders(&usd()), ledger.holders(&ar())), (0, 0));
        Model::default().assert_equals(&ledger);

        // And forward again from there.
        for (tx, verdict) in &played {
            let _ = ledger.apply(tx, *verdict);
        }
        prop_assert_eq!(ledger.end_batch().root, root);
    }

    #[test]
    fn changes_are_decoded_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(change) = BatchChange::decode(&bytes) {
            prop_assert_eq!(change.encode(), bytes);
        }
    }
}

#[test]
fn a_transaction_takes_effect_once() {
    let mut ledger = Ledger::new(rules());
    let tx = signed(common::mint(0, 0, 5, 1, 1), 0);
    let hash: EverHash = tx.ever_hash;
    assert_eq!(hash, tx.tx.ever_hash());
    ledger.apply(&tx, MintVerdict::Verified).unwrap();
    assert_eq!(ledger.apply(&tx, MintVerdict::Verified).unwrap_err().to_string(), "err_nonce_too_low");
}

#[test]
fn snapshots_that_contradict_themselves_are_refused() {
    let mut ledger = Ledger::new(rules());
    ledger.apply(&signed(common::mint(0, 0, 5, 1, 1), 0), MintVerdict::Verified).unwrap();
    ledger.apply(&signed(common::mint_usd(1, 1, 5, 1, 1), 1), MintVerdict::Verified).unwrap();
    let good = || Snapshot {
        accounts: ledger.accounts().map(|(id, account)| (*id, account.clone())).collect::<Vec<_>>(),
        tokens: ledger.tokens().collect::<Vec<_>>(),
        mints: ledger.mints(),
        applied: 2,
    };
    let load = |snapshot: Snapshot<Vec<_>, Vec<_>>| Ledger::load(rules(), snapshot).map(|ledger| ledger.root());
    let want = ledger.clone().end_batch().root;
    assert_eq!(load(good()), Ok(want));

    let mut twice = good();
    twice.mints.extend(ledger.mints());
    assert_eq!(load(twice), Ok(want), "a deposit is in a set");
    let mut bad = good();
    bad.accounts.pop();
    assert!(load(bad).unwrap_err().to_string().contains("do not sum up"));
    let mut bad = good();
    bad.accounts.push(bad.accounts[0].clone());
    assert!(load(bad).unwrap_err().to_string().contains("twice"));
    let mut bad = good();
    bad.tokens.remove(0);
    assert!(load(bad).is_err(), "a token with a balance must be recorded");
    let mut bad = good();
    bad.tokens[0].tag = everpay::TokenTag::from_text("bsc-x-y");
    assert!(load(bad).unwrap_err().to_string().contains("not listed"));
    let mut bad = good();
    bad.tokens[0].state.chain_id = "5".into();
    assert!(load(bad).unwrap_err().to_string().contains("another chain"));
    let mut bad = good();
    bad.tokens[0].index = everpay::TokenIndex::new(1);
    assert!(load(bad).unwrap_err().to_string().contains("places"));
}
