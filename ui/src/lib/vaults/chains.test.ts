import { describe, expect, it } from 'vitest';
import type { VaultChain } from '$lib/api';
import { blocksLeft, chainName, chosenChain, chosenToken, isCoin, nodeBeat, troubleWords } from './chains';

const TOKENS = ['a', 'b'].map((tag) => ({
  tag,
  symbol: tag,
  tokenId: '0x1',
  decimals: 18,
  targetDecimals: 18,
}));

function chain(change: Partial<VaultChain>): VaultChain {
  return {
    chain: 'ethereum',
    watched: true,
    chainId: 1,
    locker: '0x38741a69785e84399Fcf7c5Ad61D572f7eCb1dAB',
    confirmations: 3,
    finality: 'count',
    tip: 100,
    tipTimeMs: 0,
    finalized: null,
    scanned: 100,
    startBlock: 1,
    sources: [],
    sourcesNeeded: 1,
    trouble: null,
    halted: null,
    tokens: TOKENS,
    ...change,
  };
}

describe('what is meant', () => {
  const chains = [chain({ chain: 'arweave', watched: false }), chain({}), chain({ chain: 'bsc' })];

  it('is the wanted chain, else one that is watched', () => {
    expect(chosenChain(chains, 'arweave')?.chain).toBe('arweave');
    expect(chosenChain(chains, null)?.chain).toBe('ethereum');
    expect(chosenChain(chains, 'nowhere')?.chain).toBe('ethereum');
    expect(chosenChain(chains.slice(0, 1), null)?.chain).toBe('arweave');
    expect(chosenChain([], 'ethereum')).toBeNull();
  });

  it('is the wanted token of that chain, else its first', () => {
    expect(chosenToken(chain({}), 'b')?.tag).toBe('b');
    expect(chosenToken(chain({}), 'c')?.tag).toBe('a');
    expect(chosenToken(chain({ tokens: [] }), null)).toBeNull();
    expect(chosenToken(null, 'a')).toBeNull();
  });
});

it('knows the coin of a chain from its tokens', () => {
  expect(isCoin(`0x${'0'.repeat(40)}`)).toBe(true);
  expect(isCoin('A'.repeat(43))).toBe(true);
  expect(isCoin('0x38741a69785e84399Fcf7c5Ad61D572f7eCb1dAB')).toBe(false);
});

it('counts what is still to be searched', () => {
  expect(blocksLeft(chain({ scanned: 93 }))).toBe(7);
  expect(blocksLeft(chain({ scanned: 100 }))).toBeNull();
  expect(blocksLeft(chain({ scanned: 101 }))).toBeNull();
  expect(blocksLeft(chain({ tip: null }))).toBeNull();
});

it('never is without words', () => {
  expect(chainName('ethereum')).toBe('Ethereum');
  expect(chainName('brandnew')).toBe('brandnew');
  expect(nodeBeat('otherChain').tone).toBe('danger');
  expect(nodeBeat('agrees').tone).toBe('verified');
  expect(nodeBeat('brandnew').sentence).not.toBe('');
  expect(troubleWords('disagreement', 'http://a:1')).toContain('http://a:1');
  expect(troubleWords('disagreement', '')).not.toMatch(/^ /);
  const known = ['noAnswer', 'disagreement', 'coordinatorSilent', 'database', 'stopped'];
  expect(new Set(known.map((code) => troubleWords(code, ''))).size).toBe(known.length);
  expect(troubleWords('brandnew', '')).toContain('brandnew');
});
