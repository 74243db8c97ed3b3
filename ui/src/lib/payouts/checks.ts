// W1 to W6: what must hold before a signature, as a claim when it holds and as a finding when it does not. Pure.

import type { CheckView, PayoutDetail } from '$lib/api';
import { shortHash } from '$lib/format/hashes';
import { age } from '$lib/format/say';
import { m } from '$lib/paraglide/messages';
import { verdictWords } from './words';

/** The rule in words, in the form that its result asks for. */
export function checkWords({ code, result }: CheckView): string {
  const fails = result === 'fails';
  switch (code.toUpperCase()) {
    case 'W1':
      return fails ? m.check_w1_fails() : m.check_w1();
    case 'W2':
      return fails ? m.check_w2_fails() : m.check_w2();
    case 'W3':
      return fails ? m.check_w3_fails() : m.check_w3();
    case 'W4':
      return fails ? m.check_w4_fails() : m.check_w4();
    case 'W5':
      return fails ? m.check_w5_fails() : m.check_w5();
    case 'W6':
      return fails ? m.check_w6_fails() : m.check_w6();
    default:
      return code;
  }
}

/** The fact that shows it, where the core has one. */
export function checkFact({ code, result, fact }: CheckView, state: string): string {
  if (fact === '') return '';
  switch (code.toUpperCase()) {
    case 'W1': {
      const [had = '', needed = ''] = fact.split('/');
      return /^\d+$/.test(had) ? m.check_w1_fact({ had, needed }) : m.check_w1_fact_unknown({ needed });
    }
    case 'W2':
      return m.check_w2_fact({ keys: fact.replaceAll(',', ', ') });
    case 'W3':
      return /^\d+$/.test(fact) ? m.check_w3_fact({ age: age(Number(fact)) }) : fact;
    case 'W4':
      if (fact === 'auto') return m.payout_verdict_auto();
      return result === 'holds' ? m.payout_decided_approved({ who: fact }) : verdictWords(fact, state);
    case 'W5':
      return m.check_w5_fact({ digest: shortHash(fact) });
    case 'W6':
      return m.check_w6_fact({ id: shortHash(fact) });
    default:
      return fact;
  }
}

/** Why a person cannot approve now, in one sentence; null when they can. */
export function whyNotWords(detail: Pick<PayoutDetail, 'canApprove' | 'whyNot' | 'checks'>): string | null {
  if (detail.canApprove) return null;
  const failing = detail.checks.find((check) => check.result === 'fails');
  switch (detail.whyNot) {
    case 'check_fails':
      return failing === undefined
        ? m.payout_why_check_fails()
        : m.payout_why_check({ rule: failing.code, what: checkWords(failing) });
    case 'locked':
      return m.payout_why_locked();
    case 'needs_window':
      return m.payout_why_needs_window();
    case 'not_running':
      return m.payout_why_not_running();
    case 'not_asked':
    case null:
      return m.payout_why_not_asked();
    default:
      return m.payout_code({ code: detail.whyNot });
  }
}

/** The command that approves the same outside this page; `NAME` is for the person to fill in. */
export function approveCommand({ command, row, fields }: PayoutDetail): string {
  const { everHash } = row;
  return command.replace(` show ${everHash}`, ` approve ${everHash} ${fields?.digest ?? 'DIGEST'} --by NAME`);
}

/** How many checks hold, and whether one fails. */
export function checkSum(checks: CheckView[]): { holding: number; all: number; fails: boolean } {
  return {
    holding: checks.filter(({ result }) => result === 'holds').length,
    all: checks.length,
    fails: checks.some(({ result }) => result === 'fails'),
  };
}
