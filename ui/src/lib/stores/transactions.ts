import { call } from '$lib/api';
import type { TransactionRow, Verdict } from '$lib/api';
import type { Fetch } from './listing.svelte';

export interface Filter {
  account: string | null;
  action: string | null;
  verdict: Verdict | null;
}

export const ROWS_MAX = 2_000;
const PAGE_ROWS = 50;

/** A transaction may stand in two batches; place and hash together name the row. */
export function rowKey(row: TransactionRow): string {
  return `${row.everHash}:${row.batch}:${row.item}`;
}

/** Asks for pages of the transactions that pass a filter. */
export function transactionPages(filter: Filter, limit = PAGE_ROWS): Fetch<TransactionRow> {
  return (cursor) => call('transactions', { cursor, limit, ...filter });
}
