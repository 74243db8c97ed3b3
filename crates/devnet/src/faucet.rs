//! Money on a Bitcoin chain of one's own: miners' rewards go to an output that anybody can spend (P2WSH of `OP_TRUE`), so that
//! paying somebody takes no key, and no state but the chain.

use std::collections::BTreeMap;

use bitcoin::absolute::LockTime;
use bitcoin::opcodes::OP_TRUE;
use bitcoin::transaction::Version;
use bitcoin::{Address, Amount, Block, Network, OutPoint, ScriptBuf, Sequence, Transaction, TxIn, TxOut, Witness};

/// Blocks until a reward can be spent.
pub(crate) const MATURITY: u64 = 100;
/// More than any of its transactions needs: 10 sat/vB for 2,000 vB.
const FEE: Amount = Amount::from_sat(20_000);

/// A coin of the faucet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Coin {
    outpoint: OutPoint,
    value: Amount,
}

fn script() -> ScriptBuf {
    ScriptBuf::builder().push_opcode(OP_TRUE).into_script()
}

/// Where rewards go.
pub(crate) fn address() -> Address {
    Address::p2wsh(&script(), Network::Regtest)
}

/// The unspent coin of the faucet that holds most, of those that the next block may spend.
pub(crate) fn richest(chain: &[Block]) -> Option<Coin> {
    let mine = address().script_pubkey();
    let mut coins = BTreeMap::new();
    for (height, block) in (0u64..).zip(chain) {
        for transaction in &block.txdata {
            for input in &transaction.input {
                coins.remove(&input.previous_output);
            }
            let from = if transaction.is_coinbase() { height + MATURITY } else { 0 };
            let txid = transaction.compute_txid();
            let outputs = (0..).zip(&transaction.output).filter(|(_, output)| output.script_pubkey == mine);
            coins.extend(outputs.map(|(vout, output)| (OutPoint { txid, vout }, (output.value, from))));
        }
    }
    let ripe = coins.iter().filter(|(_, (_, from))| *from <= chain.len() as u64);
    ripe.max_by_key(|(_, (value, _))| *value).map(|(outpoint, (value, _))| Coin { outpoint: *outpoint, value: *value })
}

/// Pays these outputs, in their order; the faucet gets the rest.
pub(crate) fn pay(coin: &Coin, outputs: &[TxOut]) -> Option<Transaction> {
    let paid = outputs.iter().try_fold(FEE, |sum, output| sum.checked_add(output.value))?;
    let rest = TxOut { value: coin.value.checked_sub(paid)?, script_pubkey: address().script_pubkey() };
    let mut witness = Witness::new();
    witness.push(script());
    let input = TxIn {
        previous_output: coin.outpoint,
        script_sig: ScriptBuf::new(),
        sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
        witness,
    };
    let output = outputs.iter().cloned().chain([rest]).collect();
    Some(Transaction { version: Version::TWO, lock_time: LockTime::ZERO, input: vec![input], output })
}
