// A long list of the core: newest first, growing at the top as things happen, at the foot on demand. While the reader
// holds it, new rows wait and are only counted.

import { onDestroy } from 'svelte';
import { CommandFailure } from '$lib/platform/errors';
import { clock } from './clock.svelte';
import { core } from './core.svelte';
import { joinNewest, type Joined, type Page } from './newest';
import type { Face, Happening } from './resource.svelte';

const SOON_MS = 400;

/** Asks the core for one page; null is the newest. */
export type Fetch<R> = (cursor: string | null) => Promise<Page<R>>;

export class Listing<R> {
  rows = $state.raw<R[]>([]);
  cursor = $state<string | null>(null);
  loaded = $state(false);
  loadedMs = $state<number | null>(null);
  code = $state<string | null>(null);
  busyOlder = $state(false);
  /** New rows that wait while the list is held. */
  waiting = $state(0);

  #fetch: Fetch<R>;
  #key: (row: R) => string;
  #max: number;
  #held = false;
  #pending: Joined<R> | null = null;
  #run = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(fetch: Fetch<R>, key: (row: R) => string, max: number) {
    this.#fetch = fetch;
    this.#key = key;
    this.#max = max;
  }

  get face(): Face {
    if (this.code === null) return this.loaded ? 'ready' : 'loading';
    return this.loaded ? 'stale' : 'error';
  }

  /** There is more below, and room for it. */
  get more(): boolean {
    return this.cursor !== null && this.rows.length < this.#max;
  }

  /** Starts over with another question. */
  async show(fetch: Fetch<R>): Promise<void> {
    this.#fetch = fetch;
    this.#pending = null;
    this.waiting = 0;
    this.rows = [];
    this.cursor = null;
    this.loaded = false;
    await this.refresh();
  }

  /** The pointer is inside: nothing may move. */
  hold(held: boolean): void {
    this.#held = held;
    if (!held) this.release();
  }

  /** Shows what waited. */
  release(): void {
    if (this.#pending !== null) this.#take(this.#pending);
  }

  /** Asks for the newest page. */
  async refresh(): Promise<void> {
    const run = ++this.#run;
    try {
      const page = await this.#fetch(null);
      if (run !== this.#run) return;
      this.code = null;
      this.loadedMs = clock.read();
      const joined = joinNewest({ rows: this.rows, cursor: this.cursor }, page, this.#key, this.#max);
      if (this.#held && this.loaded && joined.added > 0) {
        this.#pending = joined;
        this.waiting = joined.added;
      } else this.#take(joined);
      this.loaded = true;
    } catch (fault) {
      if (run === this.#run) this.#failed(fault);
    }
  }

  /** Adds the next older page. */
  async older(): Promise<void> {
    if (!this.more || this.busyOlder) return;
    this.busyOlder = true;
    const cursor = this.cursor;
    try {
      const page = await this.#fetch(cursor);
      // The list may have been replaced meanwhile; then this page does not follow it.
      if (cursor !== this.cursor) return;
      const known = new Set(this.rows.map(this.#key));
      this.rows = [...this.rows, ...page.rows.filter((row) => !known.has(this.#key(row)))];
      this.cursor = page.cursor;
      // What waits was joined with the shorter list.
      if (this.#pending !== null) void this.refresh();
    } catch (fault) {
      this.#failed(fault);
    } finally {
      this.busyOlder = false;
    }
  }

  /** Something happened: refresh soon, once for many. */
  refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.refresh();
    }, SOON_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#run += 1;
  }

  #take(page: Page<R>): void {
    this.rows = page.rows;
    this.cursor = page.cursor;
    this.#pending = null;
    this.waiting = 0;
  }

  #failed(fault: unknown): void {
    this.code = fault instanceof CommandFailure ? fault.code : 'link_lost';
  }
}

/**
 * A list that follows the core, batches unless told otherwise, as long as the component that makes it lives. The first
 * load is the caller's.
 */
export function followList<R>(
  fetch: Fetch<R>,
  key: (row: R) => string,
  max: number,
  happenings: readonly Happening[] = ['batch'],
): Listing<R> {
  const list = new Listing(fetch, key, max);
  const ends = [
    core.on('reload', () => void list.refresh()),
    ...happenings.map((what) => core.on(what, () => list.refreshSoon())),
  ];
  onDestroy(() => {
    ends.forEach((end) => end());
    list.stop();
  });
  return list;
}
