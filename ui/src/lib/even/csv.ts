// The rating table as a table for other programs. Values are written as the core has them.

import { call } from '$lib/api';
import type { EvenNodeRow } from '$lib/api';
import { EXPORT_PAGE_ROWS } from '$lib/csv/collect';
import { toCsv } from '$lib/csv/csv';
import type { EvenQuery } from '$lib/router/paths';
import type { Fetch } from '$lib/stores/listing.svelte';
import { nodesRequest } from './query';

/** All rows that fit, page by page. */
export function nodePages(query: EvenQuery): Fetch<EvenNodeRow> {
  return async (cursor) => {
    const offset = Number(cursor ?? 0);
    const { rows, matching } = await call('evenNodes', nodesRequest(query, offset, EXPORT_PAGE_ROWS));
    const next = offset + rows.length;
    return { rows, cursor: rows.length > 0 && next < matching ? String(next) : null };
  };
}

export function nodesCsv(rows: readonly EvenNodeRow[]): string {
  return toCsv(
    [
      'rank',
      'node',
      'label',
      'state',
      'leader',
      'muted',
      'rating',
      'trend',
      'forecast',
      'forecast_low',
      'forecast_high',
      'forecast_model',
      'd',
      'k_share',
      's_share',
      'stake_units',
      'weight',
      'weight_ppm',
      'served',
      'capacity',
      'speed',
      'activity',
      'literal_1_6',
    ],
    rows.map((row) => [
      row.rank,
      row.node,
      row.label,
      row.state,
      row.leader,
      row.muted,
      row.rating,
      row.trend,
      row.forecast?.value ?? null,
      row.forecast?.low ?? null,
      row.forecast?.high ?? null,
      row.forecast?.model ?? null,
      row.d,
      row.exchange,
      row.stake,
      row.stakeUnits,
      row.weight,
      row.weightPpm,
      row.accuracy,
      row.capacity,
      row.speed,
      row.activity,
      row.literal,
    ]),
  );
}
