import { describe, expect, it } from 'vitest';
import type { WithdrawQuote, WithdrawToken } from '$lib/api';
import { amountFault, chosenWay, most, problemAt, problemPlace, request, wayKey } from './form';

const token: WithdrawToken = {
  tag: 'ethereum-usdc-0xa0b8',
  symbol: 'USDC',
  decimals: 6,
  chain: 'ethereum',
  targetDecimals: 6,
  fee: '1000000',
};
const form = { account: '0xab', way: wayKey(token), amount: '12.5', to: ' 0xCD ' };

describe('what the core is asked', () => {
  it('has the amount in base units and the recipient as typed, without white space around it', () => {
    expect(request(form, token, 'en')).toEqual({
      account: '0xab',
      tag: token.tag,
      chain: 'ethereum',
      to: '0xCD',
      amount: '12500000',
    });
  });

  it.each([{ account: '' }, { amount: '' }, { amount: '1.0000001' }, { amount: '1,5' }, { to: '  ' }])(
    'is nothing with %j',
    (change) => expect(request({ ...form, ...change }, token, 'en')).toBeNull(),
  );

  it('is nothing without a token', () => expect(request(form, null, 'en')).toBeNull());

  it('tells tokens of the same tag on two chains apart', () => {
    const other = { ...token, chain: 'bsc' };
    expect(chosenWay([token, other], wayKey(other))).toBe(other);
    expect(chosenWay([token], wayKey(other))).toBeNull();
  });
});

describe('everything that an account has', () => {
  it.each([
    ['5000000', 6, 6, '1000000', '4000000'],
    ['1000000', 6, 6, '1000000', '0'],
    ['999999', 6, 6, '1000000', '0'],
    ['1234567891', 9, 6, '0', '1234567000'],
    [
      '115792089237316195423570985008687907853269984665640564039457',
      18,
      18,
      '1',
      '115792089237316195423570985008687907853269984665640564039456',
    ],
    ['1234', 6, 18, '4', '1230'],
  ])('%s with %i decimals, %i on the chain, fee %s', (has, decimals, targetDecimals, fee, all) =>
    expect(most(has, { decimals, targetDecimals, fee })).toBe(all),
  );
});

describe('what is wrong', () => {
  const quote = (...problems: [string, string][]) =>
    ({
      symbol: 'USDC',
      decimals: 6,
      problems: problems.map(([code, subject]) => ({ code, subject })),
    }) as unknown as WithdrawQuote;

  it('stands under the field that it concerns', () => {
    const found = quote(['no_coordinator', ''], ['precision', '12300000'], ['recipient', '0xcd']);
    expect(problemAt(found, 'amount')).toContain('12.30 USDC');
    expect(problemAt(found, 'to')).not.toBe('');
    expect(problemAt(found, 'whole')).not.toBe('');
    expect(problemAt(found, 'account')).toBe('');
    expect(problemAt(null, 'to')).toBe('');
  });

  it('says how much is missing', () =>
    expect(problemAt(quote(['balance', '1']), 'amount')).toContain('0.000001 USDC'));

  it('is never lost for want of a place', () => expect(problemPlace('something_new')).toBe('whole'));

  it('is said of an amount that cannot be read, not of an empty field', () => {
    expect(amountFault('', token, 'en')).toBe('');
    expect(amountFault('12', token, 'en')).toBe('');
    expect(amountFault('1,5', token, 'en')).not.toBe('');
    expect(amountFault('0.0000001', token, 'en')).toContain('6');
  });
});
