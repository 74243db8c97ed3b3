// The list of payouts, page by page.

import { call } from '$lib/api';
import type { PayoutRow } from '$lib/api';
import type { PayoutQuery } from '$lib/router/paths';
import type { Fetch } from '$lib/stores/listing.svelte';

export const PAYOUT_ROWS_MAX = 2_000;
/** As many as the core gives at once: a row may move between groups, and what is loaded moves with it. */
const PAGE_ROWS = 200;

/** Asks for pages of the payouts that are meant; `tell` hears how many there are in each group. */
export function payoutPages(
  { chain, token, text }: PayoutQuery,
  tell: (counts: readonly number[]) => void = () => {},
): Fetch<PayoutRow> {
  return async (cursor) => {
    const page = await call('payouts', { group: null, chain, tag: token, text, cursor, limit: PAGE_ROWS });
    tell(page.counts);
    return page;
  };
}

export const payoutKey = (row: PayoutRow): string => row.everHash;
