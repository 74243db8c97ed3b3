// The newest batches, for the whole page: the table on the Overview and the usual gap that tells when the heartbeat is
// late. Fed by events; a gap in the stream loads them anew.

import { call } from '$lib/api';
import type { BatchRow } from '$lib/api';
import { core } from './core.svelte';
import { Resource } from './resource.svelte';

export const NEWEST_BATCHES = 20;
const RELOAD_MS = 1_000;

class Batches {
  readonly newest = new Resource<BatchRow[]>(
    async () => (await call('batches', { cursor: null, limit: NEWEST_BATCHES })).rows,
  );

  start(): () => void {
    const ends = [
      core.on('reload', () => void this.newest.reload()),
      core.on('batch', (row) => this.#arrived(row)),
    ];
    return () => ends.forEach((end) => end());
  }

  #arrived(row: BatchRow): void {
    const known = this.newest.value ?? [];
    this.newest.value = [row, ...known.filter((other) => other.number !== row.number)]
      .sort((a, b) => b.number - a.number)
      .slice(0, NEWEST_BATCHES);
    // The depths of the others moved as well.
    this.newest.reloadWithin(RELOAD_MS);
  }
}

export const batches = new Batches();
