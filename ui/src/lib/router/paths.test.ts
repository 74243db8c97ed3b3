import { describe, expect, it } from 'vitest';
import { ALL_NODES, ALL_PAYOUTS, NO_DEPOSIT, NO_FILTER, parentOf, parseRoute, to, WAITING } from './paths';

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
    [to.withdrawals(), { place: 'wallet', tab: 'withdrawals', query: WAITING, hash: null }],
    [
      to.withdrawals({ account: '0xab', all: true }),
      { place: 'wallet', tab: 'withdrawals', query: { account: '0xab', all: true }, hash: null },
    ],
    [to.withdrawal('0x12'), { place: 'wallet', tab: 'withdrawals', query: WAITING, hash: '0x12' }],
    [to.withdraw(), { place: 'wallet', tab: 'withdraw', account: null }],
    [to.withdraw('0xab'), { place: 'wallet', tab: 'withdraw', account: '0xab' }],
    [to.accounts(), { place: 'wallet', tab: 'accounts' }],
    [to.vaults(), { place: 'watch', tab: 'vaults' }],
    [to.policy(), { place: 'watch', tab: 'policy' }],
    [to.even(), { place: 'even', tab: 'rating', query: ALL_NODES, node: null, trying: false }],
    [
      to.evenNode('ab12', { ...ALL_NODES, text: 'a b', watched: true, sort: 'stake', reversed: true }, true),
      {
        place: 'even',
        tab: 'rating',
        query: { text: 'a b', state: null, watched: true, sort: 'stake', reversed: true },
        node: 'ab12',
        trying: true,
      },
    ],
    [to.evenNetwork(), { place: 'even', tab: 'network' }],
    [to.evenMessages(), { place: 'even', tab: 'messages', node: null, id: null }],
    [to.evenMessage('0f', 'ab12'), { place: 'even', tab: 'messages', node: 'ab12', id: '0f' }],
    [to.watchmen(), { place: 'watch', tab: 'watchmen' }],
    [to.session('5e'), { place: 'watch', tab: 'session', id: '5e' }],
    ['#/watch/sessions', { place: 'watch', tab: 'payouts', query: ALL_PAYOUTS, hash: null }],
    [to.ceremonies(), { place: 'watch', tab: 'ceremonies', id: null, inviting: false }],
    [to.newCeremony(), { place: 'watch', tab: 'ceremonies', id: null, inviting: true }],
    [to.ceremony('c0'), { place: 'watch', tab: 'ceremonies', id: 'c0', inviting: false }],
    [to.sharedKeys(), { place: 'watch', tab: 'keys', group: null }],
    [to.sharedKey('6a'), { place: 'watch', tab: 'keys', group: '6a' }],
    [to.watchSetup(), { place: 'watch', tab: 'setup' }],
    ['#/watch', { place: 'watch', tab: 'payouts', query: ALL_PAYOUTS, hash: null }],
    [
      to.payouts({ chain: 'ethereum', token: null, text: '0xd3' }),
      { place: 'watch', tab: 'payouts', query: { chain: 'ethereum', token: null, text: '0xd3' }, hash: null },
    ],
    [to.payout('0x12'), { place: 'watch', tab: 'payouts', query: ALL_PAYOUTS, hash: '0x12' }],
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
    expect(parentOf(parseRoute(to.withdrawal('0x12', { account: null, all: true })))).toBe(
      to.withdrawals({ account: null, all: true }),
    );
    const payouts = { chain: 'ethereum', token: null, text: null };
    expect(parentOf(parseRoute(to.payout('0x12', payouts)))).toBe(to.payouts(payouts));
    expect(parentOf(parseRoute(to.explorer()))).toBeNull();
  });
});
