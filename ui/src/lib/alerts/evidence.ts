// The evidence of an alert, made readable: which link says what, which facts belong to it, which of them are amounts.

import type { AlertDetail, AlertRow, Comparison, EvidenceLink, Field } from '$lib/api';
import { count, money } from '$lib/format/say';
import { m } from '$lib/paraglide/messages';
import { to } from '$lib/router/paths';
import { Facts } from './facts';
import { chainName } from '$lib/vaults/chains';
import { factLabel } from './labels';
import { isAboutPayouts, isUndone, rulePrinciple } from './rules';
import { codeWords } from './codes';

export interface ShownFact {
  name: string;
  label: string;
  text: string;
  machine: boolean;
  href?: string | undefined;
}

export interface ShownLink {
  key: string;
  holds: boolean;
  title: string;
  facts: ShownFact[];
}

/** All links, ready to be shown. */
export function shownEvidence(detail: AlertDetail): ShownLink[] {
  const token = new Facts(detail.row.params);
  return detail.evidence.map((link, i) => ({
    key: `${i}:${link.code}`,
    holds: link.holds,
    title: linkTitle(link, detail.row, token),
    facts: link.params
      .filter((field) => field.value !== '' && !saidInTitle(link, field.name))
      .map((field) => shownFact(link, field, token)),
  }));
}

function linkTitle(link: EvidenceLink, row: AlertRow, token: Facts): string {
  const facts = new Facts(link.params);
  const number = (name: string, other: number | null) => {
    const text = facts.text(name);
    return text !== null && /^\d+$/.test(text) ? count(Number(text)) : other === null ? '—' : count(other);
  };
  switch (link.code) {
    case 'signed':
      return m.evidence_signed();
    case 'notSigned':
      return m.evidence_not_signed();
    case 'inBatch':
      return m.evidence_in_batch({ batch: number('batch', row.batch), item: number('item', row.item) });
    case 'inChain':
      return m.evidence_in_chain();
    case 'batchSigned':
      return m.evidence_batch_signed();
    case 'batchForeign':
      return m.evidence_batch_foreign();
    case 'balanceBefore': {
      const had = facts.text('had');
      if (had === null) return m.evidence_balance_before();
      return m.evidence_balance_before_had({ had: money(had, token.decimals, token.symbol) });
    }
    case 'firstInclusion':
      return m.evidence_first_inclusion();
    case 'deposit':
      return m.evidence_deposit();
    case 'noDeposit': {
      const why = token.text('reason');
      return why === null ? m.evidence_no_deposit() : m.evidence_no_deposit_why({ why: codeWords(why) });
    }
    case 'depositSeen':
      return m.evidence_deposit_seen();
    case 'depositUndone':
      return m.evidence_deposit_undone({
        chain: chainName(facts.text('chain') ?? ''),
        tip: number('tip', null),
      });
    case 'liabilities':
      return m.evidence_liabilities({
        batch: number('batch', row.batch),
        owed: sum(token.text('owed'), token),
      });
    case 'reserve':
      return m.evidence_reserve({
        chain: chainName(facts.text('chain') ?? ''),
        held: sum(facts.text('held'), token),
      });
    case 'vaultExecuted':
      return m.evidence_vault_executed({
        chain: chainName(facts.text('chain') ?? ''),
        height: number('height', null),
      });
    case 'signatureSubmitted':
      return m.evidence_signature_submitted({
        chain: chainName(facts.text('chain') ?? ''),
        height: number('height', null),
      });
    case 'signatureGiven':
      return m.evidence_signature_given();
    case 'burnFound':
      return m.evidence_burn_found({ batch: number('batch', row.batch) });
    case 'noBurn':
      return m.evidence_no_burn({ batch: number('batch', row.batch) });
    case 'dataAltered':
      return m.evidence_data_altered();
    case 'ruleBroken':
      return m.evidence_rule_broken({ principle: rulePrinciple(row.rule) });
    default:
      return link.code;
  }
}

function saidInTitle(link: EvidenceLink, name: string): boolean {
  switch (link.code) {
    case 'inBatch':
      return name === 'batch' || name === 'item';
    case 'balanceBefore':
      return name === 'had';
    case 'depositUndone':
      return name === 'chain' || name === 'tip';
    case 'vaultExecuted':
    case 'signatureSubmitted':
      return name === 'chain' || name === 'height';
    case 'burnFound':
    case 'noBurn':
    case 'liabilities':
      return name === 'batch';
    case 'reserve':
      return name === 'chain' || name === 'held';
    default:
      return false;
  }
}

function sum(base: string | null, token: Facts): string {
  return base === null ? '—' : money(base, token.decimals, token.symbol);
}

const MACHINE = /^(0x)?[\w-]{24,}$/;

function shownFact(link: EvidenceLink, field: Field, token: Facts): ShownFact {
  const { name, value } = field;
  const plain = { name, label: factLabel(name, DEPOSIT_LINKS.has(link.code)), machine: false };
  if (isAmount(link.code, name) && /^\d+$/.test(value))
    return { ...plain, text: money(value, token.decimals, token.symbol) };
  if (name === 'code' || name === 'reason') return { ...plain, text: codeWords(value) };
  if (name === 'proof') return { ...plain, machine: true, text: value };
  if (MACHINE.test(value)) return { ...plain, machine: true, text: value, href: factHref(name, value) };
  if (/^\d+$/.test(value) && value.length <= 12) return { ...plain, text: count(Number(value)) };
  return { ...plain, text: value };
}

const AMOUNTS = new Set(['amount', 'worth', 'short', 'supply', 'waiting', 'held', 'owed']);
const DEPOSIT_LINKS = new Set(['deposit', 'noDeposit', 'depositSeen']);

/** In the evidence of a deposit, `had` and `needed` count confirmations; elsewhere they are amounts. */
function isAmount(code: string, name: string): boolean {
  if (AMOUNTS.has(name)) return true;
  return !DEPOSIT_LINKS.has(code) && (name === 'had' || name === 'needed');
}

function factHref(name: string, value: string): string | undefined {
  if (name === 'from' || name === 'to') return to.overview(value);
  if (name === 'everHash') return to.transaction(value);
  return undefined;
}

/** A value of the comparison as it is shown. */
export interface ShownValue {
  text: string;
  machine: boolean;
}

/** Who says what on the two sides of the comparison. */
export function comparisonTitles(row: AlertRow): { claim: string; fact: string } {
  if (isAboutPayouts(row.rule))
    return {
      claim: row.rule === 'F11' ? m.compare_paid_title() : m.compare_signed_title(),
      fact: m.compare_due_title(),
    };
  if (row.rule === 'F12') return { claim: m.compare_ledger_title(), fact: m.compare_chains_title() };
  if (isUndone(row.code)) return { claim: m.compare_ledger_title(), fact: m.compare_chain_title() };
  return { claim: m.compare_claim_title(), fact: m.compare_fact_title() };
}

const AMOUNT_ROWS = new Set(['balanceBefore', 'payment', 'balanceAfter', 'deposit', 'vault', 'payout']);

export function comparisonValue(row: AlertRow, pair: Comparison, side: 'claim' | 'fact'): ShownValue {
  const value = pair[side];
  const token = new Facts(row.params);
  if (value === '' && pair.what === 'payee') return { text: m.compare_nobody(), machine: false };
  if (value === '') return { text: m.unknown_not_said(), machine: false };
  // A claim may be a bound that follows from the batch: "≥ 40000000000".
  const [, bound = '', digits] = /^([≥>]\s*)?(\d+)$/.exec(value) ?? [];
  if (digits !== undefined && AMOUNT_ROWS.has(pair.what)) {
    const amount = money(digits, token.decimals, token.symbol);
    return { text: bound === '' ? amount : m.compare_at_least({ amount }), machine: false };
  }
  if (digits !== undefined && pair.what === 'nonce')
    return { text: bound === '' ? digits : m.compare_above({ n: digits }), machine: false };
  if (pair.what === 'verdict') return { text: codeWords(value), machine: false };
  return { text: value, machine: MACHINE.test(value) };
}
