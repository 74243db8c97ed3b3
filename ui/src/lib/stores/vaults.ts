// The lists of deposits and withdrawals, page by page.

import { call } from '$lib/api';
import type { BurnRow, DepositRow } from '$lib/api';
import type { DepositQuery, WithdrawalQuery } from '$lib/router/paths';
import type { Fetch } from './listing.svelte';

export const VAULT_ROWS_MAX = 2_000;
const PAGE_ROWS = 50;

/** Asks for pages of the deposits of a chain. */
export function depositPages(
  chain: string,
  { account, stranded }: Pick<DepositQuery, 'account' | 'stranded'>,
  limit = PAGE_ROWS,
): Fetch<DepositRow> {
  return (cursor) => call('deposits', { chain, account, stranded, cursor, limit });
}

/** Asks for pages of the burns, waiting ones unless all are wanted. */
export function burnPages({ account, all }: WithdrawalQuery, limit = PAGE_ROWS): Fetch<BurnRow> {
  return (cursor) => call('burns', { account, waiting: !all, cursor, limit });
}

/** A burn may stand in two sibling batches. */
export const burnKey = (row: BurnRow): string => `${row.everHash}:${row.batch}`;
