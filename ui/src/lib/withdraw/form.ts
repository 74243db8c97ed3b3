// A withdrawal as a person fills it in, to what the core is asked. Pure; the core judges everything again.

import type { Reason, WithdrawQuote, WithdrawRequest, WithdrawToken } from '$lib/api';
import { parseAmount } from '$lib/format/parse';
import { money } from '$lib/format/say';
import { m } from '$lib/paraglide/messages';
import type { Locale } from '$lib/paraglide/runtime';

export interface Form {
  account: string;
  /** Key of the token on its chain. */
  way: string;
  /** As typed, in the token's unit. */
  amount: string;
  to: string;
}

/** Names a token on the chain that pays it. */
export const wayKey = ({ tag, chain }: Pick<WithdrawToken, 'tag' | 'chain'>): string => `${chain}/${tag}`;

export function chosenWay(tokens: readonly WithdrawToken[], way: string): WithdrawToken | null {
  return tokens.find((token) => wayKey(token) === way) ?? null;
}

/** What stands under the amount field; empty when it can be read. */
export function amountFault(text: string, token: WithdrawToken, locale: Locale): string {
  const parsed = parseAmount(text, token.decimals, locale);
  if (!('fault' in parsed)) return '';
  switch (parsed.fault) {
    case 'empty':
      return '';
    case 'format':
      return m.withdraw_amount_format();
    case 'precision':
      return m.withdraw_amount_precision({ n: String(token.decimals) });
  }
}

/** What the core is asked; null until every field says something. */
export function request(form: Form, token: WithdrawToken | null, locale: Locale): WithdrawRequest | null {
  if (token === null) return null;
  const parsed = parseAmount(form.amount, token.decimals, locale);
  const to = form.to.trim();
  if ('fault' in parsed || form.account === '' || to === '') return null;
  return { account: form.account, tag: token.tag, chain: token.chain, to, amount: parsed.base };
}

/** The most that can be paid out of `has`: without the fee, and without digits that the chain cannot pay. Base units. */
export function most(has: string, token: Pick<WithdrawToken, 'fee' | 'decimals' | 'targetDecimals'>): string {
  const left = BigInt(has) - BigInt(token.fee);
  if (left <= 0n) return '0';
  const step = 10n ** BigInt(Math.max(0, token.decimals - token.targetDecimals));
  return (left - (left % step)).toString();
}

/** Under which field a problem of the quote stands. */
export type Place = 'account' | 'amount' | 'to' | 'whole';

export function problemPlace(code: string): Place {
  switch (code) {
    case 'balance':
    case 'amount_zero':
    case 'precision':
      return 'amount';
    case 'recipient':
    case 'recipient_is_vault':
      return 'to';
    case 'account_unknown':
      return 'account';
    default:
      return 'whole';
  }
}

/** A problem of the quote in words, with what to do. Its subject is an amount where one is missing or too fine. */
export function problemWords(
  { code, subject }: Reason,
  quote: Pick<WithdrawQuote, 'decimals' | 'symbol'>,
): string {
  const amount = money(subject, quote.decimals, quote.symbol);
  switch (code) {
    case 'balance':
      return m.withdraw_problem_balance({ amount });
    case 'amount_zero':
      return m.withdraw_problem_zero();
    case 'precision':
      return m.withdraw_problem_precision({ amount });
    case 'recipient':
      return m.withdraw_problem_recipient();
    case 'recipient_is_vault':
      return m.withdraw_problem_vault();
    case 'account_unknown':
      return m.withdraw_problem_account();
    case 'not_payable':
      return m.withdraw_problem_not_payable();
    case 'no_coordinator':
      return m.withdraw_problem_coordinator();
    default:
      return m.withdraw_problem_other({ code });
  }
}

/** The first problem that stands at a place; empty when none does. */
export function problemAt(quote: WithdrawQuote | null, place: Place): string {
  const found = quote?.problems.find(({ code }) => problemPlace(code) === place);
  return quote === null || found === undefined ? '' : problemWords(found, quote);
}

/** Why a withdrawal was not signed or not handed in. */
export function withdrawRefusal(code: string): string {
  switch (code) {
    case 'locked':
      return m.keystore_refused_locked();
    case 'declined':
      return m.withdraw_refused_declined();
    case 'needs_window':
      return m.keystore_refused_window();
    case 'busy':
      return m.keystore_refused_busy();
    case 'no_coordinator':
      return m.withdraw_problem_coordinator();
    case 'refused':
      return m.withdraw_refused_coordinator();
    case 'unreachable':
      return m.withdraw_refused_unreachable();
    case 'not_ready':
    case 'starting':
      return m.withdraw_refused_starting();
    case 'link_lost':
      return m.withdraw_refused_link();
    default:
      return m.keystore_refused_other({ code });
  }
}
