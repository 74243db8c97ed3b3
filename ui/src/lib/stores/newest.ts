// Joins a fresh first page with the rows that are already shown. Pure.

export interface Page<R> {
  rows: R[];
  cursor: string | null;
}

export interface Joined<R> extends Page<R> {
  /** Rows at the top that were not there before. */
  added: number;
}

/**
 * `fresh` is the newest page. Rows known by key take their fresh form, new ones stand on top, older ones stay below.
 * When the two do not touch (more came than fits a page), the fresh page replaces all, because a hole would lie
 * between them.
 */
export function joinNewest<R>(
  shown: Page<R>,
  fresh: Page<R>,
  key: (row: R) => string,
  max: number,
): Joined<R> {
  const freshKeys = new Set(fresh.rows.map(key));
  const shownKeys = new Set(shown.rows.map(key));
  const added = fresh.rows.filter((row) => !shownKeys.has(key(row))).length;
  const touches = added < fresh.rows.length;
  if (!touches || shown.rows.length === 0) return { ...fresh, added };
  const older = shown.rows.filter((row) => !freshKeys.has(key(row)));
  // Rows above the oldest fresh one that are no longer in the fresh page were thrown away by the core.
  const lastFresh = fresh.rows.at(-1);
  const edge = lastFresh === undefined ? -1 : shown.rows.findIndex((row) => key(row) === key(lastFresh));
  const below = edge < 0 ? older : older.filter((row) => shown.rows.indexOf(row) > edge);
  const rows = [...fresh.rows, ...below];
  if (rows.length > max) return { ...fresh, added };
  return { rows, cursor: below.length === 0 ? fresh.cursor : shown.cursor, added };
}
