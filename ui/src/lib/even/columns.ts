// The columns of the rating table: which there are, which stand there unless a person chose, which yield first when it is narrow.

import type { EvenSort } from '$lib/api';

export interface Column {
  key: EvenSort;
  end: boolean;
  /** 0 stays always; the higher, the sooner it yields in a narrow table. */
  yields: 0 | 1 | 2 | 3 | 4;
}

/** In this order from left to right; the name stands first and cannot be taken away. */
export const COLUMNS: readonly Column[] = [
  { key: 'label', end: false, yields: 0 },
  { key: 'rating', end: true, yields: 0 },
  { key: 'trend', end: false, yields: 4 },
  { key: 'forecast', end: true, yields: 3 },
  { key: 'balance', end: false, yields: 0 },
  { key: 'exchange', end: true, yields: 1 },
  { key: 'stake', end: true, yields: 1 },
  { key: 'weight', end: true, yields: 1 },
  { key: 'accuracy', end: true, yields: 2 },
  { key: 'capacity', end: true, yields: 2 },
  { key: 'speed', end: true, yields: 2 },
  { key: 'activity', end: true, yields: 2 },
  { key: 'literal', end: true, yields: 2 },
];

const USUAL: readonly EvenSort[] = [
  'rating',
  'trend',
  'forecast',
  'balance',
  'exchange',
  'stake',
  'weight',
  'accuracy',
];

export function isChosen(key: EvenSort, chosen: readonly string[] | null): boolean {
  return key === 'label' || (chosen ?? USUAL).includes(key);
}

/** The choice after one column was put in or taken out. */
export function choose(key: EvenSort, shown: boolean, chosen: readonly string[] | null): EvenSort[] {
  return COLUMNS.map((column) => column.key).filter(
    (other) => other !== 'label' && (other === key ? shown : isChosen(other, chosen)),
  );
}
