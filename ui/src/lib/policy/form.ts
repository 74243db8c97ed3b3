// The limits of one token as a form: amounts in the token's own units, every limit a switch and its fields. Pure.

import { parseAmount, plainAmount, type ParsedAmount } from '$lib/format/parse';
import { m } from '$lib/paraglide/messages';
import type { Locale } from '$lib/paraglide/runtime';
import type { TokenFile, WindowFile } from './file';

export interface TokenForm {
  payoutMax: string;
  autoUpTo: string;
  window: boolean;
  windowMax: string;
  windowHours: string;
  recipient: boolean;
  recipientMax: string;
  recipientHours: string;
  delay: boolean;
  delayAbove: string;
  delayMinutes: string;
}

/** The fields that a person types into. */
export type TokenField = { [K in keyof TokenForm]: TokenForm[K] extends string ? K : never }[keyof TokenForm];

export type FieldFaults = Partial<Record<TokenField, string>>;

const DAY_HOURS = 24;
const HOUR_MINUTES = 60;
const HOURS_MAX = 8_760;
const MINUTES_MAX = 43_200;

/** The form of limits that stand; null: nothing is set yet, and a person is asked for everything. */
export function formOf(limits: TokenFile | null, decimals: number | null, locale: Locale): TokenForm {
  const amount = (base: string | undefined) =>
    base === undefined ? '' : plainAmount(base, decimals, locale);
  return {
    payoutMax: amount(limits?.payoutMax),
    autoUpTo: amount(limits?.autoUpTo ?? '0'),
    window: limits === null || limits.window !== null,
    windowMax: amount(limits?.window?.max),
    windowHours: String(limits?.window?.hours ?? DAY_HOURS),
    recipient: limits !== null && limits.recipient !== null,
    recipientMax: amount(limits?.recipient?.max),
    recipientHours: String(limits?.recipient?.hours ?? DAY_HOURS),
    delay: limits !== null && limits.delay !== null,
    delayAbove: amount(limits?.delay?.above),
    delayMinutes: String(limits?.delay?.minutes ?? HOUR_MINUTES),
  };
}

/** The limits that a form says, or what is wrong with its fields. Fields of a limit that is off do not count. */
export function readForm(
  form: TokenForm,
  decimals: number | null,
  locale: Locale,
): { limits: TokenFile } | { faults: FieldFaults } {
  const faults: FieldFaults = {};
  const amount = (field: TokenField): string => {
    const parsed = parseAmount(form[field], decimals, locale);
    if ('base' in parsed) return parsed.base;
    faults[field] = amountFault(parsed, decimals);
    return '';
  };
  const whole = (field: TokenField, most: number): number => {
    const text = form[field].trim();
    const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > most) faults[field] = m.policy_fault_range({ most: String(most) });
    return value;
  };
  const window = (on: boolean, max: TokenField, hours: TokenField): WindowFile | null =>
    on ? { hours: whole(hours, HOURS_MAX), max: amount(max) } : null;
  const limits: TokenFile = {
    payoutMax: amount('payoutMax'),
    window: window(form.window, 'windowMax', 'windowHours'),
    recipient: window(form.recipient, 'recipientMax', 'recipientHours'),
    delay: form.delay ? { above: amount('delayAbove'), minutes: whole('delayMinutes', MINUTES_MAX) } : null,
    autoUpTo: amount('autoUpTo'),
  };
  return Object.keys(faults).length > 0 ? { faults } : { limits };
}

function amountFault(parsed: Exclude<ParsedAmount, { base: string }>, decimals: number | null): string {
  switch (parsed.fault) {
    case 'empty':
      return m.policy_fault_empty();
    case 'format':
      return m.policy_fault_format();
    case 'precision':
      return m.policy_fault_precision({ n: String(decimals ?? 0) });
  }
}
