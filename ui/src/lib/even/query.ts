// From the address of the rating table to what the core is asked, and back. Pure.

import type { EvenNodesRequest, EvenSort } from '$lib/api';
import type { EvenQuery } from '$lib/router/paths';

/** What the table can be sorted by. */
export const SORTS: readonly EvenSort[] = [
  'weight',
  'rating',
  'trend',
  'forecast',
  'exchange',
  'stake',
  'balance',
  'accuracy',
  'capacity',
  'speed',
  'activity',
  'literal',
  'label',
];
export const STATES = ['leader', 'active', 'passive', 'noStake'] as const;
export type NodeState = (typeof STATES)[number];

/** By what it is sorted; an unknown word means the weight. */
export function sortOf(query: EvenQuery): EvenSort {
  return SORTS.find((sort) => sort === query.sort) ?? 'weight';
}

/** Names begin with A, numbers with the greatest. */
const startsUp = (sort: EvenSort) => sort === 'label';

export function isAscending(query: EvenQuery): boolean {
  return startsUp(sortOf(query)) !== query.reversed;
}

/** The query after a press on a head: the other way round, or another column in its usual direction. */
export function sortedBy(query: EvenQuery, sort: EvenSort): EvenQuery {
  const same = sortOf(query) === sort;
  return { ...query, sort: sort === 'weight' ? null : sort, reversed: same && !query.reversed };
}

export function isFiltered(query: EvenQuery): boolean {
  return query.text !== null || query.state !== null || query.watched;
}

/** What the core is asked for a part of the table. */
export function nodesRequest(query: EvenQuery, offset: number, limit: number): EvenNodesRequest {
  return {
    sort: sortOf(query),
    ascending: isAscending(query),
    text: query.text,
    state: STATES.find((state) => state === query.state) ?? null,
    watched: query.watched,
    offset,
    limit,
  };
}
