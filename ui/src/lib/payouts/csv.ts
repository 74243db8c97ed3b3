// The payouts as a table. Pure.

import type { PayoutRow } from '$lib/api';
import { csvAmount, csvTime, toCsv } from '$lib/csv/csv';

const NAMES = [
  'ever_hash',
  'group',
  'state',
  'waits_for',
  'verdict',
  'amount',
  'symbol',
  'tag',
  'target_amount',
];
const MORE = ['chain', 'to', 'burnt', 'since', 'signed', 'needed', 'transaction', 'accused'];

export function payoutsCsv(rows: readonly PayoutRow[]): string {
  return toCsv(
    [...NAMES, ...MORE],
    rows.map((row) => [
      row.everHash,
      row.group,
      row.state,
      row.waitsFor,
      row.verdict,
      csvAmount(row.amount, row.decimals),
      row.symbol,
      row.tag,
      csvAmount(row.targetAmount, row.targetDecimals),
      row.chain,
      row.to,
      csvTime(row.burntMs),
      csvTime(row.sinceMs),
      row.signed,
      row.needed,
      row.tx,
      row.accused,
    ]),
  );
}
