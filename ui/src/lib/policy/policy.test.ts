import { describe, expect, it } from 'vitest';
import type { ChangeRow } from '$lib/api';
import { changeTitle, changeValue, gravest } from './changes';
import { EMPTY_POLICY, policyText, readAddresses, readPolicy, withToken, type TokenFile } from './file';
import { formOf, readForm } from './form';

const USDC = 'ethereum-usdc-0xa0b8';
const LIMITS: TokenFile = {
  payoutMax: '50000000000',
  window: { hours: 24, max: '100000000000' },
  recipient: null,
  delay: { above: '20000000000', minutes: 90 },
  autoUpTo: '500500000',
};

describe('the policy as text', () => {
  it('reads what it wrote', () => {
    const policy = withToken({ ...EMPTY_POLICY, deny: ['0x1'], allow: ['0x2'] }, USDC, LIMITS);
    expect(readPolicy(policyText(policy))).toEqual(policy);
  });

  it('is no form when a member is missing or of another kind', () => {
    const whole = withToken(EMPTY_POLICY, USDC, LIMITS);
    const bad: unknown[] = [
      null,
      [],
      { ...whole, stopped: 'no' },
      { ...whole, allow: undefined },
      { ...whole, tokens: { [USDC]: { ...LIMITS, payoutMax: 5 } } },
      { ...whole, tokens: { [USDC]: { ...LIMITS, window: { hours: 1 } } } },
      { ...whole, tokens: { [USDC]: { ...LIMITS, recipient: undefined } } },
    ];
    for (const value of bad) expect(readPolicy(JSON.stringify(value)), JSON.stringify(value)).toBeNull();
    expect(readPolicy('{')).toBeNull();
  });

  it('takes a token off the list', () => {
    expect(withToken(withToken(EMPTY_POLICY, USDC, LIMITS), USDC, null)).toEqual(EMPTY_POLICY);
  });

  it('reads addresses once each, line by line', () => {
    expect(readAddresses('0x1\n\n 0x2, 0x1\n')).toEqual(['0x1', '0x2']);
    expect(readAddresses(' ')).toEqual([]);
  });
});

describe('the form of a token', () => {
  it('says the same limits that it was made of', () => {
    expect(readForm(formOf(LIMITS, 6, 'en'), 6, 'en')).toEqual({ limits: LIMITS });
  });

  it('shows amounts in the units of the token', () => {
    const form = formOf(LIMITS, 6, 'en');
    expect(form.payoutMax).toBe('50000');
    expect(form.autoUpTo).toBe('500.5');
  });

  it('names each field that cannot be read, and no other', () => {
    const form = { ...formOf(LIMITS, 6, 'en'), payoutMax: '', windowHours: '0', delayAbove: '0.0000001' };
    const read = readForm({ ...form, recipientMax: 'x' }, 6, 'en');
    expect('faults' in read && Object.keys(read.faults).sort()).toEqual([
      'delayAbove',
      'payoutMax',
      'windowHours',
    ]);
  });

  it('asks a person for everything until something else is said', () => {
    const form = { ...formOf(null, 6, 'en'), payoutMax: '1', windowMax: '2' };
    const read = readForm(form, 6, 'en');
    expect('limits' in read && read.limits.autoUpTo).toBe('0');
  });
});

function row(change: Partial<ChangeRow>): ChangeRow {
  return { path: '', old: null, new: null, loosens: false, token: null, ...change };
}

describe('a changed line', () => {
  const token = { tag: USDC, symbol: 'USDC', decimals: 6 };

  it('names the token and shows its own units', () => {
    const line = row({ path: `tokens/${USDC}/payoutMax`, token });
    expect(changeTitle(line)).toContain('USDC');
    expect(changeValue(line, '1500000')).toBe('1.50 USDC');
    expect(changeValue(line, null)).not.toMatch(/\d/);
  });

  it('shows hours and minutes as such', () => {
    expect(changeValue(row({ path: `tokens/${USDC}/window/hours`, token }), '24')).toBe('24 hours');
    expect(changeValue(row({ path: `tokens/${USDC}/delay/minutes`, token }), '1')).toBe('1 minute');
    expect(changeValue(row({ path: 'quarantineHours' }), '48')).toBe('48 hours');
  });

  it('has words of its own for every member of both files', () => {
    const limits = ['', '/payoutMax', '/autoUpTo', '/window/max', '/window/hours', '/recipient/max'];
    const more = ['/recipient/hours', '/delay/above', '/delay/minutes'];
    const paths = [...limits, ...more].map((limit) => `tokens/${USDC}${limit}`);
    paths.push('stopped', 'deny/0x1', 'allow', 'allow/0x1', 'quarantineHours', 'members/0x1');
    paths.push('members/0x1/peer', 'members/0x1/addresses', 'members/0x1/name', 'members/0x1/sinceMs');
    const titles = paths.map((path) => changeTitle(row({ path, token })));
    expect(new Set(titles).size).toBe(paths.length);
    for (const title of titles) expect(title).not.toContain('/');
  });

  it('stands above the others when more passes because of it', () => {
    const lines = [row({ path: 'a' }), row({ path: 'b', loosens: true }), row({ path: 'c' })];
    expect(gravest(lines).map(({ path }) => path)).toEqual(['b', 'a', 'c']);
  });
});
