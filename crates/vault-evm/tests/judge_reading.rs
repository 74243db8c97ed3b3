//! What one transaction brought in, against a naive model, on random receipts.
#![allow(clippy::unwrap_used, reason = "tests")]

use alloy::primitives::{Address, B256, Bytes, Log, LogData, U256};
use alloy::sol_types::{SolCall, SolEvent};
use everpay::{Amount, Rules, Target, TokenSpec, Tokens, eth_token};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use vault_evm::deposit::{Deposit, Transfer, read, transferCall};
use vault_evm::{ChainTx, Credit, Receipt, Stranded, VaultTokens};

const CHAIN: &str = "ethereum";
const VAULT: Address = Address::repeat_byte(0xaa);
const SIGNER: Address = Address::repeat_byte(1);
const OTHER: Address = Address::repeat_byte(2);
/// Listed with six decimals, eight in the ledger.
const FINE: Address = Address::repeat_byte(0xf1);
/// Listed with eight decimals, six in the ledger.
const COARSE: Address = Address::repeat_byte(0xf2);
const STRANGE: Address = Address::repeat_byte(0xf3);

fn token(symbol: &str, contract: Address, decimals: u8, target_decimals: u8) -> TokenSpec {
    let target = Target {
        chain_id: "1".to_owned(),
        chain_type: CHAIN.to_owned(),
        decimals: target_decimals,
        token_id: contract.to_string(),
    };
    let targets = BTreeMap::from([(CHAIN.to_owned(), target)]);
    TokenSpec { id: contract.to_string(), symbol: symbol.to_owned(), decimals, targets, ..eth_token() }
}

fn tokens() -> VaultTokens {
    let rules = Rules {
        lockers: BTreeMap::from([(CHAIN.to_owned(), VAULT.to_string())]),
        tokens: Tokens::Listed(vec![eth_token(), token("FINE", FINE, 8, 6), token("COARSE", COARSE, 6, 8)]),
        ..Rules::open("nobody")
    };
    VaultTokens::new(CHAIN, &rules).unwrap()
}

/// One log: `contract` zero means coins into the vault.
#[derive(Debug, Clone, Copy)]
struct Move {
    contract: Address,
    from: Address,
    to: Address,
    value: U256,
}

impl Move {
    fn log(self) -> Log {
        let Self { contract, from, to, value } = self;
        if contract.is_zero() {
            return Log { address: VAULT, data: Deposit { sender: from, value }.encode_log_data() };
        }
        Log { address: contract, data: Transfer { from, to, value }.encode_log_data() }
    }

    fn comes_in(&self) -> bool {
        (self.contract.is_zero() || self.to == VAULT) && !self.value.is_zero()
    }
}

fn tx(signer: Option<Address>, to: Address, input: Bytes) -> ChainTx {
    ChainTx { hash: B256::repeat_byte(9), signer, to: Some(to), input, json: serde_json::Value::Null }
}

fn receipt(logs: Vec<Log>, success: bool) -> Receipt {
    let logs = logs.into_iter().map(|inner| alloy::rpc::types::Log { inner, ..Default::default() });
    Receipt { tx: B256::repeat_byte(9), block_hash: B256::ZERO, block_number: 1, success, logs: logs.collect() }
}

/// What comes of these moves: by contract the sum, and the credited amount or the reason.
type Outcome = BTreeMap<Address, (Amount, Result<Credit, Stranded>)>;

fn outcome(tx: &ChainTx, logs: Vec<Log>) -> Outcome {
    let came = read(tx, &receipt(logs, true), &tokens());
    came.into_iter().map(|one| (one.contract, (one.amount, one.outcome))).collect()
}

fn amount(value: U256) -> Amount {
    Amount::from_be_bytes(value.to_be_bytes())
}

/// The rules once more, as plainly as they can be said. Without overflow and direct transfers.
fn model(moves: &[Move], signer: Option<Address>) -> Outcome {
    let contracts: BTreeSet<_> = moves.iter().filter(|one| one.comes_in()).map(|one| one.contract).collect();
    let judge = |contract: Address| {
        let mine: Vec<_> = moves.iter().filter(|one| one.comes_in() && one.contract == contract).collect();
        let sum: U256 = mine.iter().map(|one| one.value).sum();
        let senders: BTreeSet<_> = mine.iter().map(|one| one.from).collect();
        let worth = match contract {
            FINE => sum * U256::from(100),
            COARSE => sum / U256::from(100),
            _ => sum,
        };
        let credit = match signer {
            _ if contract == STRANGE => Err(Stranded::UnknownToken),
            None => Err(Stranded::Ambiguous),
            _ if senders.len() > 1 => Err(Stranded::Ambiguous),
            Some(signer) if !senders.contains(&signer) && contract.is_zero() => Err(Stranded::Internal),
            Some(signer) if !senders.contains(&signer) => Err(Stranded::OtherSender),
            Some(_) if worth.is_zero() => Err(Stranded::Dust),
            Some(account) => Ok(Credit { account, amount: amount(worth) }),
        };
        (contract, (amount(sum), credit))
    };
    contracts.into_iter().map(judge).collect()
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let party = || prop_oneof![4 => Just(SIGNER), 1 => Just(OTHER), 1 => Just(VAULT), 1 => Just(Address::ZERO)];
    let contract = prop_oneof![Just(Address::ZERO), Just(FINE), Just(COARSE), Just(STRANGE)];
    let to = prop_oneof![4 => Just(VAULT), 1 => Just(OTHER)];
    let value = prop_oneof![1 => Just(0_u128), 4 => 1_u128..300, 1 => any::<u64>().prop_map(u128::from)];
    let one = (contract, party(), to, value).prop_map(|(contract, from, to, value)| Move {
        contract,
        from,
        to,
        value: U256::from(value),
    });
    prop::collection::vec(one, 0..8)
}

proptest! {
    #[test]
    fn a_receipt_means_what_the_model_says_in_any_order(
        moves in moves(),
        signer in prop_oneof![5 => Just(Some(SIGNER)), 1 => Just(None)],
        turn in 0_usize..8,
    ) {
        let tx = tx(signer, OTHER, Bytes::new());
        let mut logs: Vec<_> = moves.iter().map(|one| one.log()).collect();
        let expected = model(&moves, signer);
        prop_assert_eq!(outcome(&tx, logs.clone()), expected.clone());
        if !logs.is_empty() {
            let middle = turn % logs.len();
            logs.rotate_left(middle);
        }
        logs.reverse();
        prop_assert_eq!(outcome(&tx, logs.clone()), expected);
        prop_assert_eq!(read(&tx, &receipt(logs, false), &tokens()), []);
    }

    #[test]
    fn what_is_no_log_of_the_vault_or_a_transfer_changes_nothing(
        moves in moves(),
        topics in prop::collection::vec(any::<[u8; 32]>(), 0..5),
        standard in 0_usize..3,
        data in prop::collection::vec(any::<u8>(), 0..100),
        address in prop_oneof![Just(VAULT), Just(FINE), Just(OTHER)],
    ) {
        let tx = tx(Some(SIGNER), OTHER, Bytes::new());
        let mut logs: Vec<_> = moves.iter().map(|one| one.log()).collect();
        let mut topics: Vec<B256> = topics.into_iter().map(B256::from).collect();
        if let Some(first) = topics.first_mut() {
            // Also the right event with other topics or data than it has.
            *first = [Transfer::SIGNATURE_HASH, Deposit::SIGNATURE_HASH, *first][standard];
        }
        logs.push(Log { address, data: LogData::new_unchecked(topics, data.into()) });
        prop_assert_eq!(outcome(&tx, logs), model(&moves, Some(SIGNER)));
    }

    #[test]
    fn a_plain_transfer_must_bring_what_it_names(named in 0_u64..1_000, came in 1_u64..1_000, left in 0_u64..10) {
        let one = |from, to, value: u64| Move { contract: FINE, from, to, value: U256::from(value) }.log();
        let mut logs = vec![one(SIGNER, VAULT, came)];
        if left > 0 {
            logs.push(one(VAULT, OTHER, left));
        }
        let call = |to| transferCall { to, value: U256::from(named) }.abi_encode().into();
        let through = |to, input| outcome(&tx(Some(SIGNER), to, input), logs.clone())[&FINE].1;
        let whole = Ok(Credit { account: SIGNER, amount: Amount::from(came * 100) });
        let expected = if came.checked_sub(left) == Some(named) { whole } else { Err(Stranded::Shortfall) };
        prop_assert_eq!(through(FINE, call(VAULT)), expected);
        // Another contract's call, or one to somebody else, names no amount for the vault.
        prop_assert_eq!(through(OTHER, call(VAULT)), whole);
        prop_assert_eq!(through(FINE, call(OTHER)), whole);
    }
}

#[test]
fn more_than_a_ledger_can_count_is_credited_to_nobody() {
    let most = Move { contract: COARSE, from: SIGNER, to: VAULT, value: U256::MAX };
    let tx = tx(Some(SIGNER), OTHER, Bytes::new());
    let (sum, credit) = outcome(&tx, vec![most.log(), most.log()])[&COARSE];
    assert_eq!((sum, credit), (Amount::MAX, Err(Stranded::TooLarge)));
    let fine = Move { contract: FINE, ..most };
    assert_eq!(outcome(&tx, vec![fine.log()])[&FINE].1, Err(Stranded::TooLarge));
    assert!(outcome(&tx, vec![most.log()])[&COARSE].1.is_ok());
}

#[test]
fn reasons_have_stable_names() {
    let all = [
        Stranded::UnknownToken,
        Stranded::Ambiguous,
        Stranded::Internal,
        Stranded::OtherSender,
        Stranded::Shortfall,
        Stranded::Dust,
        Stranded::TooLarge,
    ];
    let codes: Vec<_> = all.into_iter().map(Stranded::code).collect();
    let expected = ["unknownToken", "ambiguous", "internal", "otherSender", "shortfall", "dust", "tooLarge"];
    assert_eq!(codes, expected);
}
