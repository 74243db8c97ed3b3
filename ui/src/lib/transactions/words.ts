// Actions, verdicts, fields and checks of a transaction in words.

import type { CheckView, Verdict } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import type { GlyphName, Tone } from '$lib/status/heartbeat';

export interface VerdictFace {
  glyph: GlyphName;
  tone: Tone;
  text: string;
}

export function verdictFace(verdict: Verdict): VerdictFace {
  switch (verdict) {
    case 'applied':
      return { glyph: 'fact', tone: 'verified', text: m.verdict_applied() };
    case 'rejected':
      return { glyph: 'danger', tone: 'danger', text: m.verdict_rejected() };
    case 'notCheckable':
      return { glyph: 'attention', tone: 'attention', text: m.verdict_not_checkable() };
    case 'undecidable':
      return { glyph: 'notYet', tone: 'neutral', text: m.verdict_undecidable() };
    case 'repeat':
      return { glyph: 'notYet', tone: 'neutral', text: m.verdict_repeat() };
  }
}

/** What the verdict means, as a sentence. */
export function verdictMeaning(verdict: Verdict): string {
  switch (verdict) {
    case 'applied':
      return m.verdict_applied_long();
    case 'rejected':
      return m.verdict_rejected_long();
    case 'notCheckable':
      return m.verdict_not_checkable_long();
    case 'undecidable':
      return m.verdict_undecidable_long();
    case 'repeat':
      return m.verdict_repeat_long();
  }
}

export function actionWord(action: string): string {
  switch (action) {
    case 'transfer':
      return m.action_transfer();
    case 'mint':
      return m.action_mint();
    case 'burn':
      return m.action_burn();
    default:
      return action;
  }
}

/** The action with its gloss, where it is a term. */
export function actionGloss(action: string): string {
  switch (action) {
    case 'transfer':
      return m.gloss_transfer();
    case 'mint':
      return m.gloss_mint();
    case 'burn':
      return m.gloss_burn();
    default:
      return '';
  }
}

export function fieldLabel(name: string): string {
  switch (name) {
    case 'tokenSymbol':
      return m.field_token_symbol();
    case 'action':
      return m.field_action();
    case 'from':
      return m.field_from();
    case 'to':
      return m.field_to();
    case 'amount':
      return m.field_amount();
    case 'fee':
      return m.field_fee();
    case 'feeRecipient':
      return m.field_fee_recipient();
    case 'nonce':
      return m.field_nonce();
    case 'tokenID':
      return m.field_token_id();
    case 'chainType':
      return m.field_chain_type();
    case 'chainID':
      return m.field_chain_id();
    case 'data':
      return m.field_data();
    case 'version':
      return m.field_version();
    case 'sig':
      return m.field_sig();
    default:
      return name;
  }
}

export interface CheckFace {
  glyph: GlyphName;
  tone: Tone;
  result: string;
}

export function checkFace(result: string): CheckFace {
  switch (result) {
    case 'holds':
      return { glyph: 'fact', tone: 'verified', result: m.check_holds() };
    case 'fails':
      return { glyph: 'danger', tone: 'danger', result: m.check_fails() };
    case 'notCheckable':
      return { glyph: 'attention', tone: 'attention', result: m.check_not_checkable() };
    default:
      return { glyph: 'notYet', tone: 'neutral', result: m.check_not_reached() };
  }
}

/** The claim of a check in plain words, as it stands when it holds and when it fails. */
export function checkTitle(check: CheckView): string {
  const fails = check.result === 'fails';
  switch (check.code) {
    case 'hash':
      return fails ? m.check_hash_fails() : m.check_hash();
    case 'signature':
      return fails ? m.check_signature_fails() : m.check_signature();
    case 'nonce':
      return fails ? m.check_nonce_fails() : m.check_nonce();
    case 'token':
      return fails ? m.check_token_fails() : m.check_token();
    case 'fee':
      return fails ? m.check_fee_fails() : m.check_fee();
    case 'balance':
      return fails ? m.check_balance_fails() : m.check_balance();
    case 'inBatch':
      return fails ? m.check_in_batch_fails() : m.check_in_batch();
    case 'batchOwner':
      return fails ? m.check_batch_owner_fails() : m.check_batch_owner();
    case 'parent':
      return fails ? m.check_parent_fails() : m.check_parent();
    case 'deposit':
      return fails ? m.check_deposit_fails() : m.check_deposit();
    default:
      return check.code;
  }
}

/** AR payouts wait for a vault that does not exist yet; burns of other tokens may wait for one on their chain. */
export function isArweaveToken(tag: string): boolean {
  return tag.toLowerCase().startsWith('arweave');
}
