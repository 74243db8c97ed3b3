// An alert in plain words: who did what, to whom, how much. Rule and code come second.

import type { AlertRow } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import { Facts } from './facts';
import { chainName } from '$lib/vaults/chains';
import { isUndone } from './rules';

/** The sentence that heads the alert. */
export function alertSentence(row: AlertRow): string {
  const facts = new Facts(row.params);
  switch (row.rule) {
    case 'F1':
      return invalid(row, facts);
    case 'F2': {
      const { short } = facts;
      return short === null ? m.alert_f2() : m.alert_f2_short({ short });
    }
    case 'F3': {
      const amount = facts.amount('amount');
      return amount === null ? m.alert_f3() : m.alert_f3_amount({ amount });
    }
    case 'F4':
      return unbacked(row, facts);
    case 'F5': {
      const amount = facts.amount('amount');
      return amount === null ? m.alert_f5() : m.alert_f5_amount({ amount });
    }
    case 'F6':
      return m.alert_f6();
    case 'F7':
      return m.alert_f7();
    case 'F8':
      return altered(row, facts);
    case 'F11':
      return paid(row, facts);
    case 'F12': {
      const { short } = facts;
      return short === null ? m.alert_f12() : m.alert_f12_short({ short });
    }
    case 'F13':
      return signed(row, facts);
    default:
      return m.alert_other({ rule: row.rule, code: row.code });
  }
}

/** A mint without a deposit, by what is wrong with the deposit that it names. */
function unbacked(row: AlertRow, facts: Facts): string {
  const amount = facts.amount('amount');
  if (isUndone(row.code)) return amount === null ? m.alert_f4_undone() : m.alert_f4_undone_amount({ amount });
  switch (facts.text('reason')) {
    case 'tooFewConfirmations':
      return amount === null ? m.alert_f4_early() : m.alert_f4_early_amount({ amount });
    case 'wrongAmount':
      return amount === null ? m.alert_f4_inflated() : m.alert_f4_inflated_amount({ amount });
    case 'wrongSender':
      return amount === null ? m.alert_f4_other() : m.alert_f4_other_amount({ amount });
    default:
      return amount === null ? m.alert_f4() : m.alert_f4_amount({ amount });
  }
}

/** What a vault did without a burn, by what is wrong with it. */
function paid(row: AlertRow, facts: Facts): string {
  const chain = chainName(facts.text('chain') ?? '');
  const amount = facts.amount('amount');
  switch (row.code) {
    case 'other_recipient':
      return m.alert_f11_recipient({ chain });
    case 'other_amount':
      return m.alert_f11_sum({ chain });
    case 'other_token':
      return m.alert_f11_token({ chain });
    case 'twice':
      return m.alert_f11_twice({ chain });
    default:
      return amount === null ? m.alert_f11({ chain }) : m.alert_f11_amount({ chain, amount });
  }
}

/** What an owner signed without a burn. */
function signed(row: AlertRow, facts: Facts): string {
  const chain = chainName(facts.text('chain') ?? '');
  const amount = facts.amount('amount');
  if (row.code === 'other_recipient') return m.alert_f13_recipient({ chain });
  return amount === null ? m.alert_f13({ chain }) : m.alert_f13_amount({ chain, amount });
}

function invalid(row: AlertRow, facts: Facts): string {
  if (row.code !== 'err_invalid_signature') return m.alert_f1_invalid();
  const amount = facts.amount('amount');
  return amount === null ? m.alert_f1() : m.alert_f1_amount({ amount });
}

/** Altered in transit by a source, or written by somebody else. */
export function isAltered(row: AlertRow): boolean {
  return row.code.includes('altered') || row.code.includes('data_root');
}

function altered(row: AlertRow, facts: Facts): string {
  if (row.code === 'malformed_batch') return m.alert_f8_malformed();
  if (row.code === 'broken_item_chain') return m.alert_f8_broken_chain();
  if (!isAltered(row)) return m.alert_f8_foreign();
  const source = facts.text('source');
  return source === null ? m.alert_f8_altered() : m.alert_f8_altered_by({ source });
}

/** A few words for the list. */
export function alertTitle(row: AlertRow): string {
  switch (row.rule) {
    case 'F1':
      return row.code === 'err_invalid_signature' ? m.title_f1() : m.title_f1_invalid();
    case 'F2':
      return m.title_f2();
    case 'F3':
      return m.title_f3();
    case 'F4':
      return isUndone(row.code) ? m.title_f4_undone() : m.title_f4();
    case 'F5':
      return m.title_f5();
    case 'F6':
      return m.title_f6();
    case 'F7':
      return m.title_f7();
    case 'F8':
      if (row.code === 'malformed_batch') return m.title_f8_malformed();
      if (row.code === 'broken_item_chain') return m.title_f8_broken_chain();
      return isAltered(row) ? m.title_f8_altered() : m.title_f8_foreign();
    case 'F11':
      return m.title_f11();
    case 'F12':
      return m.title_f12();
    case 'F13':
      return m.title_f13();
    default:
      return m.title_other({ rule: row.rule });
  }
}

/** What it means for the person who reads it. */
export function alertMeaning(row: AlertRow): string {
  switch (row.rule) {
    case 'F1':
    case 'F2':
    case 'F3':
    case 'F4':
    case 'F5':
      return isUndone(row.code) ? m.meaning_undone() : m.meaning_refused();
    case 'F6':
      return m.meaning_f6();
    case 'F7':
      return m.meaning_f7();
    case 'F8':
      if (row.code === 'broken_item_chain') return m.meaning_f8_broken_chain();
      return isAltered(row) ? m.meaning_f8_altered() : m.meaning_f8_foreign();
    case 'F11':
      return m.meaning_f11();
    case 'F12':
      return m.meaning_f12();
    case 'F13':
      return m.meaning_f13();
    default:
      return m.meaning_other();
  }
}

/** What the program did about it by itself, beside writing it down. */
export function alertEffect(row: AlertRow): 'refused' | 'halted' | null {
  if (row.rule === 'F11' || row.rule === 'F12' || isUndone(row.code)) return 'halted';
  return ['F6', 'F7', 'F8', 'F13'].includes(row.rule) ? null : 'refused';
}

/** Who armed the vault again that this alert had halted, and why; null while nobody did. */
export function alertLift(row: AlertRow): { text: string; atMs: number } | null {
  const facts = new Facts(row.params);
  const [by, why] = [facts.text('liftedBy'), facts.text('liftedWhy')];
  if (by === null || why === null) return null;
  return { text: m.happened_lifted({ by, why }), atMs: Number(facts.text('liftedMs') ?? 0) };
}
