// Full addresses for comparing by eye: groups of four after the prefix, the first two and the last two strong. Pure.

import { splitHash } from './hashes';

export interface AddressGroup {
  text: string;
  strong: boolean;
}

const GROUP = 4;
const STRONG = 2;

/** The prefix and the groups; put together they are the address again. */
export function addressGroups(address: string): { prefix: string; groups: AddressGroup[] } {
  const { prefix } = splitHash(address);
  const texts = address.slice(prefix.length).match(new RegExp(`.{1,${GROUP}}`, 'gu')) ?? [];
  return {
    prefix,
    groups: texts.map((text, i) => ({ text, strong: i < STRONG || i >= texts.length - STRONG })),
  };
}
