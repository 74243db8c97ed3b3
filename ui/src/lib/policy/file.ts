// The policy as people edit it: its JSON as plain data, and each edit as a new text. The core alone judges a text; here
// it is only read well enough to fill a form. Pure.

import { isRecord, readJson } from '$lib/format/json';

export interface WindowFile {
  hours: number;
  max: string;
}
export interface DelayFile {
  above: string;
  minutes: number;
}
export interface TokenFile {
  payoutMax: string;
  window: WindowFile | null;
  recipient: WindowFile | null;
  delay: DelayFile | null;
  autoUpTo: string;
}
export interface PolicyFile {
  version: number;
  stopped: boolean;
  deny: string[];
  allow: string[] | null;
  tokens: Record<string, TokenFile>;
}

/** A policy that pays nobody until limits are set. */
export const EMPTY_POLICY: PolicyFile = { version: 1, stopped: false, deny: [], allow: null, tokens: {} };

const INDENT = 2;

export function policyText(policy: PolicyFile): string {
  return JSON.stringify(policy, null, INDENT);
}

/** Null when the text is not a policy that a form can show. */
export function readPolicy(text: string): PolicyFile | null {
  const value = readJson(text);
  if (!isRecord(value) || !isRecord(value['tokens'])) return null;
  const { version, stopped, deny, allow, tokens } = value;
  if (typeof version !== 'number' || typeof stopped !== 'boolean' || !isTexts(deny)) return null;
  if (allow !== null && !isTexts(allow)) return null;
  const read = Object.entries(tokens).map(([tag, token]) => [tag, readToken(token)] as const);
  if (read.some(([, token]) => token === null)) return null;
  return { version, stopped, deny, allow, tokens: Object.fromEntries(read) as Record<string, TokenFile> };
}

/** The policy with other limits for a token; null takes the token off the list, so that it is not paid. */
export function withToken(policy: PolicyFile, tag: string, limits: TokenFile | null): PolicyFile {
  const others = Object.entries(policy.tokens).filter(([other]) => other !== tag);
  const all = limits === null ? others : [...others, [tag, limits] as const];
  all.sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...policy, tokens: Object.fromEntries(all) };
}

/** One address a line, or with commas between them; empty lines do not count. */
export function readAddresses(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((line) => line !== ''))];
}

function readToken(value: unknown): TokenFile | null {
  if (!isRecord(value)) return null;
  const { payoutMax, autoUpTo, window, recipient, delay } = value;
  if (typeof payoutMax !== 'string' || typeof autoUpTo !== 'string') return null;
  if (!isWindow(window) || !isWindow(recipient) || !isDelay(delay)) return null;
  return { payoutMax, window, recipient, delay, autoUpTo };
}

function isWindow(value: unknown): value is WindowFile | null {
  return (
    value === null ||
    (isRecord(value) && typeof value['hours'] === 'number' && typeof value['max'] === 'string')
  );
}

function isDelay(value: unknown): value is DelayFile | null {
  return (
    value === null ||
    (isRecord(value) && typeof value['minutes'] === 'number' && typeof value['above'] === 'string')
  );
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
