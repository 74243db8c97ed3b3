// What facts and rows of the comparison are called.

import { m } from '$lib/paraglide/messages';

/** What a fact of a link is called; in the evidence of a deposit, some mean something else. */
export function factLabel(name: string, deposit: boolean): string {
  switch (name) {
    case 'from':
      return m.fact_from();
    case 'to':
      return m.fact_to();
    case 'everHash':
      return m.fact_ever_hash();
    case 'id':
    case 'batch':
      return m.fact_batch_id();
    case 'owner':
      return m.fact_owner();
    case 'signer':
      return m.fact_signer();
    case 'height':
      return m.fact_height();
    case 'root':
      return m.fact_root();
    case 'proof':
      return m.fact_proof();
    case 'steps':
      return m.fact_steps();
    case 'code':
      return m.fact_code();
    case 'reason':
    case 'why':
      return m.fact_reason();
    case 'chain':
      return m.fact_chain();
    case 'deposit':
      return m.fact_deposit();
    case 'needed':
      return deposit ? m.fact_confirmations_needed() : m.fact_needed();
    case 'had':
      return deposit ? m.fact_confirmations_had() : m.fact_had();
    case 'sources':
    case 'source':
      return m.fact_sources();
    case 'target':
      return m.fact_target();
    case 'locker':
      return m.fact_locker();
    case 'quantity':
      return m.fact_quantity();
    case 'worth':
      return m.fact_worth();
    case 'sender':
      return m.fact_sender();
    case 'expected':
      return m.fact_expected();
    case 'found':
      return m.fact_found();
    case 'item':
      return m.fact_item();
    case 'supply':
      return m.fact_supply();
    case 'waiting':
      return m.fact_waiting();
    case 'token':
      return m.fact_token();
    case 'block':
      return m.fact_block();
    case 'tx':
      return m.fact_tx();
    case 'digest':
      return m.fact_digest();
    case 'payload':
      return m.fact_payload();
    case 'signature':
      return m.fact_signature();
    default:
      return name;
  }
}

/** What a row of the comparison is called. */
export function comparisonLabel(what: string): string {
  switch (what) {
    case 'balanceBefore':
      return m.compare_balance_before();
    case 'payment':
      return m.compare_payment();
    case 'verdict':
      return m.compare_verdict();
    case 'balanceAfter':
      return m.compare_balance_after();
    case 'signer':
      return m.compare_signer();
    case 'nonce':
      return m.compare_nonce();
    case 'deposit':
      return m.compare_deposit();
    case 'owner':
      return m.compare_owner();
    case 'dataRoot':
      return m.compare_data_root();
    case 'item':
      return m.compare_item();
    case 'vault':
      return m.compare_vault();
    case 'payee':
      return m.compare_payee();
    case 'payout':
      return m.compare_payout();
    case 'payoutToken':
      return m.compare_payout_token();
    default:
      return what;
  }
}
