// Protocol codes, and the reasons why a deposit does not back a mint, as short words. A code without words of its own is
// shown as it is.

import { m } from '$lib/paraglide/messages';

export function codeWords(code: string): string {
  switch (code) {
    case 'accepted':
    case 'applied':
      return m.code_accepted();
    case 'err_invalid_signature':
      return m.code_invalid_signature();
    case 'err_insufficient_balance':
      return m.code_insufficient_balance();
    case 'err_nonce_too_low':
      return m.code_nonce_too_low();
    case 'err_invalid_nonce':
      return m.code_invalid_nonce();
    case 'err_invalid_mint_tx':
      return m.code_invalid_mint_tx();
    case 'err_tx_minted':
      return m.code_tx_minted();
    case 'err_token_not_found':
      return m.code_token_not_found();
    case 'err_invalid_chainid':
      return m.code_invalid_chain_id();
    case 'err_invalid_fee':
      return m.code_invalid_fee();
    case 'err_invalid_fee_recipient':
      return m.code_invalid_fee_recipient();
    case 'err_invalid_owner':
      return m.code_invalid_owner();
    case 'err_invalid_tx_version':
      return m.code_invalid_version();
    case 'err_invalid_id':
      return m.code_invalid_id();
    case 'err_invalid_amount':
    case 'err_negative_amount':
    case 'err_larger_amount':
      return m.code_invalid_amount();
    case 'err_invalid_action':
      return m.code_invalid_action();
    case 'err_mint_not_confirmed':
      return m.code_mint_not_confirmed();
    case 'err_invalid_target_chain_type':
      return m.code_invalid_target();
    case 'notFound':
      return m.why_not_found();
    case 'failed':
      return m.why_failed();
    case 'wrongToken':
      return m.why_wrong_token();
    case 'wrongTarget':
      return m.why_wrong_target();
    case 'wrongSender':
      return m.why_wrong_sender();
    case 'wrongAmount':
      return m.why_wrong_amount();
    case 'ambiguous':
      return m.why_ambiguous();
    case 'tooFewConfirmations':
      return m.why_too_few_confirmations();
    case 'unknown_burn':
      return m.why_unknown_burn();
    case 'no_payout':
      return m.why_no_payout();
    case 'other_token':
      return m.why_other_token();
    case 'other_recipient':
      return m.why_other_recipient();
    case 'other_amount':
      return m.why_other_amount();
    case 'twice':
      return m.why_twice();
    case 'err_not_json_data':
      return m.code_not_json();
    default:
      return code;
  }
}
