// All rows of a paged list, for an export: as filtered, not only what is on the screen. Bounded.

import type { Page } from '$lib/stores/newest';

/** An export has at most so many rows. */
export const EXPORT_ROWS_MAX = 20_000;
/** As many rows as the core gives at once. */
export const EXPORT_PAGE_ROWS = 200;
/** A page that brings no new row cannot go on for ever. */
const PAGES_MAX = 1_000;

export interface Collected<R> {
  rows: R[];
  /** Nothing was left out. */
  whole: boolean;
}

/** Asks page by page until the end or the bound; a row that moved between two pages is kept once. */
export async function collect<R>(
  fetch: (cursor: string | null) => Promise<Page<R>>,
  key: (row: R) => string,
  max = EXPORT_ROWS_MAX,
): Promise<Collected<R>> {
  const rows = new Map<string, R>();
  let cursor: string | null = null;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const page: Page<R> = await fetch(cursor);
    for (const row of page.rows) {
      if (rows.size >= max) return { rows: [...rows.values()], whole: false };
      rows.set(key(row), row);
    }
    if (page.cursor === null) return { rows: [...rows.values()], whole: true };
    cursor = page.cursor;
  }
  return { rows: [...rows.values()], whole: false };
}
