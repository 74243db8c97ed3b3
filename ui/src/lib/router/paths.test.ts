import { describe, expect, it } from 'vitest';
import { NO_DEPOSIT, NO_FILTER, parentOf, parseRoute, to, WAITING } from './paths';

describe('addresses', () => {
  it.each([
    [to.overview(), { place: 'overview', account: null }],
    [to.overview('0xab'), { place: 'overview', account: '0xab' }],
    [to.explorer(), { place: 'explorer', tab: 'transactions', hash: null, filter: NO_FILTER }],
    [
      to.transaction('0x12', { account: 'a b', action: 'burn', verdict: null }),
      {
        place: 'explorer',
        tab: 'transactions',
        hash: '0x12',
        filter: { account: 'a b', action: 'burn', verdict: null },
      },
    ],
    [to.batches(), { place: 'explorer', tab: 'batches', batch: null }],
    [to.batches(7), { place: 'explorer', tab: 'batches', batch: '7' }],
    [to.deposit(), { place: 'wallet', tab: 'deposit', query: NO_DEPOSIT }],
    ['#/wallet', { place: 'wallet', tab: 'deposit', query: NO_DEPOSIT }],
    [
      to.deposit({ chain: 'ethereum', token: 'ethereum-eth-0x0', account: '0xab', stranded: true }),
      {
        place: 'wallet',
        tab: 'deposit',
        query: { chain: 'ethereum', token: 'ethereum-eth-0x0', account: '0xab', stranded: true },
      },
    ],
    [to.withdrawals(), { place: 'wallet', tab: 'withdrawals', query: WAITING }],
    [
      to.withdrawals({ account: '0xab', all: true }),
      { place: 'wallet', tab: 'withdrawals', query: { account: '0xab', all: true } },
    ],
    [to.vaults(), { place: 'watch', tab: 'vaults' }],
    ['#/watch', { place: 'watch', tab: 'vaults' }],
    [to.alerts(), { place: 'alerts', key: null }],
    [to.alerts('F2:a/b:217'), { place: 'alerts', key: 'F2:a/b:217' }],
    [to.settings(), { place: 'settings' }],
  ])('%s', (href, route) => {
    expect(parseRoute(href)).toEqual(route);
  });

  it('takes anything unknown for the Overview', () => {
    for (const text of ['', '#', '#/', '#/nowhere', '#token=abc', '#/%E0%A4%A'])
      expect(parseRoute(text).place).toBe('overview');
  });

  it('leads from a detail back to its list with the same filters', () => {
    const filter = { account: '0xab', action: null, verdict: 'rejected' };
    expect(parentOf(parseRoute(to.transaction('0x12', filter)))).toBe(to.explorer(filter));
    expect(parentOf(parseRoute(to.alerts('k')))).toBe(to.alerts());
    expect(parentOf(parseRoute(to.explorer()))).toBeNull();
  });
});
