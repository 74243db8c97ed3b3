// Chains, their nodes and tokens in words. Pure.

import type { DepositToken, VaultChain } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import type { Beat } from '$lib/status/heartbeat';
import { sourceBeat } from '$lib/status/sources';

/** A chain's name for people; the protocol's word where there is no other. */
export function chainName(chain: string): string {
  switch (chain) {
    case 'arweave':
      return 'Arweave';
    case 'ethereum':
      return 'Ethereum';
    case 'bitcoin':
      return 'Bitcoin';
    case 'bsc':
      return 'BNB Smart Chain';
    case 'moon':
      return 'Moonbeam';
    case 'conflux':
      return 'Conflux';
    default:
      return chain;
  }
}

const ZERO_ADDRESS = /^0x0{40}$/;

/** The zero address stands for the chain's own coin. On Arweave the coin is named by 43 letters `A`. */
export function isCoin(tokenId: string): boolean {
  return ZERO_ADDRESS.test(tokenId) || /^A{43}$/.test(tokenId);
}

/** The chain that is meant: the wanted one if it exists, else the first that is watched, else the first. */
export function chosenChain(chains: VaultChain[], wanted: string | null): VaultChain | null {
  return (
    chains.find(({ chain }) => chain === wanted) ?? chains.find(({ watched }) => watched) ?? chains[0] ?? null
  );
}

/** The token that is meant: the wanted one if the chain has it, else its first. */
export function chosenToken(chain: VaultChain | null, wanted: string | null): DepositToken | null {
  return chain?.tokens.find(({ tag }) => tag === wanted) ?? chain?.tokens[0] ?? null;
}

/** What a node is doing, as glyph and words. */
export function nodeBeat(state: string): Omit<Beat, 'kind'> {
  if (state === 'otherChain') return { glyph: 'danger', tone: 'danger', sentence: m.node_wrong_chain() };
  return sourceBeat(state);
}

/** What keeps a watch from going on. */
export function troubleWords(code: string, subject: string): string {
  switch (code) {
    case 'disagreement':
      return subject === '' ? m.trouble_disagreement() : m.trouble_disagreement_by({ subject });
    case 'noAnswer':
      return m.trouble_unavailable();
    case 'coordinatorSilent':
      return m.trouble_coordinator();
    case 'database':
      return m.trouble_store();
    case 'stopped':
      return m.trouble_stopped();
    default:
      return m.trouble_other({ code });
  }
}

/** How far the search for deposits has come; null while not known or while the newest block was searched. */
export function blocksLeft(chain: VaultChain): number | null {
  if (chain.tip === null || chain.scanned === null) return null;
  const left = chain.tip - chain.scanned;
  return left > 0 ? left : null;
}
