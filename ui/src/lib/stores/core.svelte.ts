// The link to the core and the heartbeat. Feeds every other store with events; a gap in the stream makes all of them
// load anew. Asks by itself when the stream is silent for long, so that a dead link is never shown as health.

import { call } from '$lib/api';
import type { AlertRow, BatchRow, Event, NetworkView, Status } from '$lib/api';
import { platform } from '$lib/platform';
import { CommandFailure, NoSession } from '$lib/platform/errors';
import { clock } from './clock.svelte';
import { Sequence } from './sequence';

/** How the page stands with the core. */
export type Link = 'connecting' | 'up' | 'starting' | 'lost' | 'noSession';

interface Listeners {
  batch: (row: BatchRow) => void;
  alert: (row: AlertRow) => void;
  /** Reserves, liabilities, halts or burns changed. */
  vaults: () => void;
  /** Deposits or the watch of a chain changed. */
  deposits: (chain: string) => void;
  /** The keystore was opened, locked or changed. */
  keystore: () => void;
  /** The watchman of this program, or a payout, changed. */
  watchman: () => void;
  /** Shared keys, a ceremony or a session of signing changed. */
  ceremonies: () => void;
  /** The EVEN network that is shown changed. */
  even: () => void;
  reload: () => void;
}

/** A stream that is silent for so long is doubted. */
const SILENCE_MS = 12_000;
/** Between two questions while the core does not answer. */
const RETRY_MS = 2_000;
/** Between two questions while it answers but has no stream for this page. */
const POLL_MS = 5_000;
const WATCH_MS = 1_000;

class Core {
  status = $state.raw<Status | null>(null);
  network = $state.raw<NetworkView | null>(null);
  link = $state<Link>('connecting');
  /** Since when the core does not answer, by the page's clock. */
  lostMs = $state<number | null>(null);
  host = $state<'desktop' | 'browser' | null>(null);

  #sequence = new Sequence();
  #listeners: { [K in keyof Listeners]: Set<Listeners[K]> } = {
    batch: new Set(),
    alert: new Set(),
    vaults: new Set(),
    deposits: new Set(),
    keystore: new Set(),
    watchman: new Set(),
    ceremonies: new Set(),
    even: new Set(),
    reload: new Set(),
  };
  #heardAt = 0;
  #streaming = false;
  #statusEvents = 0;
  #probing = false;

  /** Opens the link; returns the function that closes it. */
  async start(): Promise<() => void> {
    const host = await platform();
    this.host = host.kind;
    try {
      await host.start();
    } catch (fault) {
      this.#fault(fault);
    }
    const stop = host.subscribe({
      event: (event) => this.#event(event),
      gap: () => this.#opened(),
      lost: () => this.#broken(),
    });
    const timer = setInterval(() => this.#watch(), WATCH_MS);
    void this.#probe(true);
    return () => {
      clearInterval(timer);
      stop();
    };
  }

  /** Hears of what happens in the core; returns the function that ends it. */
  on<K extends keyof Listeners>(what: K, listener: Listeners[K]): () => void {
    this.#listeners[what].add(listener);
    return () => this.#listeners[what].delete(listener);
  }

  #event(event: Event): void {
    this.#heard();
    const arrival = this.#sequence.arrive(event.seq);
    if (arrival === 'old') return;
    if (arrival === 'gap') return this.#reloadAll();
    const body = event.body;
    switch (body.type) {
      case 'status':
        this.#statusEvents += 1;
        return this.#take(body.data);
      case 'batch':
        return this.#listeners.batch.forEach((tell) => tell(body.data));
      case 'alert':
        return this.#listeners.alert.forEach((tell) => tell(body.data));
      case 'vaults':
      case 'keystore':
      case 'watchman':
      case 'ceremonies':
      case 'even':
        return this.#listeners[body.type].forEach((tell) => tell());
      case 'deposits':
        return this.#listeners.deposits.forEach((tell) => tell(body.data.chain));
      case 'reloaded':
        return this.#reloadAll();
    }
  }

  #opened(): void {
    this.#streaming = true;
    this.#sequence.reset();
    this.#reloadAll();
  }

  /** A broken stream is not yet a lost core: ask. */
  #broken(): void {
    if (this.#streaming) void this.#probe(false);
    this.#streaming = false;
  }

  #reloadAll(): void {
    void this.#probe(true);
  }

  #take(status: Status): void {
    this.status = status;
    clock.set(status.nowMs);
  }

  #heard(): void {
    this.#heardAt = performance.now();
    this.lostMs = null;
    this.link = 'up';
  }

  #lost(): void {
    if (this.link === 'noSession' || this.link === 'starting') return;
    this.lostMs ??= clock.read();
    this.link = 'lost';
  }

  #watch(): void {
    if (this.link === 'noSession') return;
    const silent = performance.now() - this.#heardAt;
    const calm = this.link === 'up' && this.#streaming;
    const limit = this.link !== 'up' ? RETRY_MS : calm ? SILENCE_MS : POLL_MS;
    if (silent > limit) void this.#probe(!calm);
  }

  /** Asks for the status; with `everything`, tells all stores to load anew once the core answered. */
  async #probe(everything: boolean): Promise<void> {
    if (this.#probing && !everything) return;
    this.#probing = true;
    const before = this.#statusEvents;
    try {
      const status = await call('status', {});
      // A status that arrived meanwhile by event is newer than this answer.
      if (before === this.#statusEvents) this.#take(status);
      this.#heard();
      if (everything || this.network === null) this.network = await call('network', {});
      if (everything) this.#listeners.reload.forEach((tell) => tell());
    } catch (fault) {
      this.#fault(fault);
    } finally {
      this.#heardAt = performance.now();
      this.#probing = false;
    }
  }

  #fault(fault: unknown): void {
    if (fault instanceof NoSession) this.link = 'noSession';
    else if (fault instanceof CommandFailure) {
      // It answered, so the link is there; the answer itself was a refusal.
      this.lostMs = null;
      this.link = fault.code === 'starting' ? 'starting' : 'up';
    } else this.#lost();
  }
}

export const core = new Core();
