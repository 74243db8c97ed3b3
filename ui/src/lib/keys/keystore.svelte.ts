// The keystore as the page knows it: whether it is open, for how long, which keys it has. Secrets pass through calls only;
// nothing of them stays here.

import { call } from '$lib/api';
import type { CommandMap, CommandName, KeystoreView } from '$lib/api';
import { m } from '$lib/paraglide/messages';
import { clock } from '$lib/stores/clock.svelte';
import { core } from '$lib/stores/core.svelte';
import { Resource } from '$lib/stores/resource.svelte';
import { toasts } from '$lib/stores/toasts.svelte';

/** A command that answers with the keystore as it is after it. */
export type Change = {
  [C in CommandName]: CommandMap[C]['reply'] extends KeystoreView ? C : never;
}[CommandName];

/** So long before the end a person is told. */
export const WARN_MS = 60_000;
/** A time that has run out is doubted after so long, should the core not have said so by itself. */
const GRACE_MS = 2_000;

class Keystore {
  readonly resource = new Resource<KeystoreView>(async () => this.#timed(await call('keystore', {})));
  /** Somebody waits for the keystore to be opened: the dialog stands. */
  asking = $state(false);

  /** When it locks by itself, by the page's clock; null while locked. */
  #deadline = $state<number | null>(null);
  #waiting: ((open: boolean) => void)[] = [];

  get view(): KeystoreView | null {
    return this.resource.value;
  }

  get unlocked(): boolean {
    return this.view?.unlocked === true && this.leftMs !== 0;
  }

  /** For how long it stays open, ms; null while locked. */
  get leftMs(): number | null {
    return this.#deadline === null ? null : Math.max(0, this.#deadline - clock.now);
  }

  /** The end is near enough to be told. */
  get ending(): boolean {
    return this.leftMs !== null && this.leftMs > 0 && this.leftMs <= WARN_MS;
  }

  start(): () => void {
    const reload = () => void this.resource.reload();
    // It answers while the ledger is still being opened, when nothing else tells this page to load.
    const missing = () => this.view === null && core.link !== 'noSession' && core.link !== 'connecting';
    const over = () => this.#deadline !== null && clock.read() > this.#deadline + GRACE_MS;
    const timer = setInterval(() => {
      if (missing() || over()) reload();
    }, GRACE_MS);
    const ends = [core.on('reload', reload), core.on('keystore', reload), () => clearInterval(timer)];
    return () => ends.forEach((end) => end());
  }

  /** Carries out a change; rejects like `call`. */
  async change<C extends Change>(command: C, request: CommandMap[C]['request']): Promise<void> {
    const view = (await call(command, request)) as KeystoreView;
    this.resource.value = this.#timed(view);
  }

  /** True when it is open, at once or after the person opened it; false when they did not. */
  ensureOpen(): Promise<boolean> {
    if (this.unlocked) return Promise.resolve(true);
    this.asking = true;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The dialog was answered or closed. */
  answered(): void {
    this.asking = false;
    for (const tell of this.#waiting.splice(0)) tell(this.unlocked);
  }

  /** Ends the unlock now and says so. */
  async lock(): Promise<void> {
    if (!this.unlocked) return;
    try {
      await this.change('lockKeystore', {});
      toasts.say(m.lock_done());
    } catch {
      toasts.say(m.lock_failed());
    }
  }

  /** Keeps it open for as long as is set, from now. */
  async extend(): Promise<void> {
    try {
      await this.change('extendUnlock', {});
      toasts.say(m.lock_extended());
    } catch {
      await this.resource.reload();
    }
  }

  #timed(view: KeystoreView): KeystoreView {
    this.#deadline = view.unlocked && view.leftMs !== null ? clock.read() + view.leftMs : null;
    return view;
  }
}

export const keystore = new Keystore();
