// The rating table, of which only the pages on the screen are loaded. A page that is shown stays until its fresh form is there.

import { call } from '$lib/api';
import type { EvenNodeRow } from '$lib/api';
import { CommandFailure } from '$lib/platform/errors';
import type { EvenQuery } from '$lib/router/paths';
import { clock } from '$lib/stores/clock.svelte';
import type { Face } from '$lib/stores/resource.svelte';
import { nodesRequest } from './query';
import { pagesOf, type Window } from './window';

export const PAGE_ROWS = 100;
/** Pages that are kept round the ones in view. */
const KEPT_PAGES = 12;

export class NodeTable {
  matching = $state(0);
  total = $state(0);
  /** The epoch whose end the rows hold for. */
  epoch = $state<number | null>(null);
  loadedMs = $state<number | null>(null);
  code = $state<string | null>(null);

  #query: EvenQuery;
  #pages = $state.raw<ReadonlyMap<number, readonly EvenNodeRow[]>>(new Map());
  #seen: Window = { first: 0, end: 1 };
  #under = new Set<number>();
  #run = 0;

  constructor(query: EvenQuery) {
    this.#query = query;
  }

  get face(): Face {
    const loaded = this.epoch !== null;
    if (this.code === null) return loaded ? 'ready' : 'loading';
    return loaded ? 'stale' : 'error';
  }

  /** The row at a place; null while its page is on its way. */
  at(index: number): EvenNodeRow | null {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS] ?? null;
  }

  /** Asks something else: nothing that was shown fits it. */
  async show(query: EvenQuery): Promise<void> {
    this.#query = query;
    this.#pages = new Map();
    this.#seen = { first: 0, end: 1 };
    this.epoch = null;
    await this.refresh();
  }

  /** These rows are on the screen: loads what is missing of them. */
  look(seen: Window): void {
    this.#seen = seen;
    const missing = pagesOf(seen, PAGE_ROWS).filter(
      (page) => !this.#pages.has(page) && !this.#under.has(page),
    );
    // After a failure only a refresh tries again, so that scrolling does not hammer a silent core.
    if (this.code === null) void Promise.all(missing.map((page) => this.#load(page, this.#run)));
  }

  /** Loads what is on the screen anew; all other pages are forgotten. */
  async refresh(): Promise<void> {
    const run = ++this.#run;
    this.#under.clear();
    const wanted = pagesOf(this.#seen, PAGE_ROWS);
    await Promise.all(wanted.map((page) => this.#load(page, run)));
    if (run !== this.#run || this.code !== null) return;
    const needed = new Set([...wanted, ...pagesOf(this.#seen, PAGE_ROWS)]);
    this.#pages = new Map([...this.#pages].filter(([page]) => needed.has(page)));
  }

  async #load(page: number, run: number): Promise<void> {
    this.#under.add(page);
    try {
      const reply = await call('evenNodes', nodesRequest(this.#query, page * PAGE_ROWS, PAGE_ROWS));
      if (run !== this.#run) return;
      this.#pages = this.#kept(page, reply.rows);
      this.matching = reply.matching;
      this.total = reply.total;
      this.epoch = reply.epoch;
      this.loadedMs = clock.read();
      this.code = null;
    } catch (fault) {
      if (run === this.#run) this.code = fault instanceof CommandFailure ? fault.code : 'link_lost';
    } finally {
      if (run === this.#run) this.#under.delete(page);
    }
  }

  /** The pages with this one; those farthest from it make room. */
  #kept(page: number, rows: readonly EvenNodeRow[]): ReadonlyMap<number, readonly EvenNodeRow[]> {
    const pages = new Map(this.#pages).set(page, rows);
    const far = [...pages.keys()].sort((a, b) => Math.abs(b - page) - Math.abs(a - page));
    far.slice(0, Math.max(0, pages.size - KEPT_PAGES)).forEach((other) => pages.delete(other));
    return pages;
  }

  stop(): void {
    this.#run += 1;
  }
}
