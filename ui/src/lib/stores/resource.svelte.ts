// One answer of the core with its face: loading, ready, stale (an older answer stays while newer ones fail) or error.
// At most one request is under way and one more is due, however often a reload is asked for.

import { onDestroy } from 'svelte';
import { CommandFailure } from '$lib/platform/errors';
import { clock } from './clock.svelte';
import { core } from './core.svelte';

/** What a resource or a list can follow. */
export type Happening = 'batch' | 'vaults' | 'deposits' | 'keystore' | 'watchman' | 'ceremonies' | 'even';

export type Face = 'loading' | 'ready' | 'stale' | 'error';

export class Resource<T> {
  value = $state.raw<T | null>(null);
  /** Code of the last failure; null while the last load succeeded. */
  code = $state<string | null>(null);
  loadedMs = $state<number | null>(null);

  #load: () => Promise<T>;
  #busy = false;
  #due = false;
  #ended = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  get face(): Face {
    if (this.code === null) return this.value === null ? 'loading' : 'ready';
    return this.value === null ? 'error' : 'stale';
  }

  /** Loads anew, or once more after the load under way. */
  async reload(): Promise<void> {
    if (this.#ended) return;
    if (this.#busy) {
      this.#due = true;
      return;
    }
    this.#busy = true;
    try {
      this.value = await this.#load();
      this.code = null;
      this.loadedMs = clock.read();
    } catch (fault) {
      this.code = fault instanceof CommandFailure ? fault.code : 'link_lost';
    } finally {
      this.#busy = false;
    }
    if (this.#due) {
      this.#due = false;
      await this.reload();
    }
  }

  /** Loads anew within `ms`; further calls until then are the same load. */
  reloadWithin(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.reload();
    }, ms);
  }

  /** Nobody looks any more: no further load begins. */
  stop(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/**
 * A resource that lives as long as the component that makes it and follows the core's reloads. With `withinMs` it also
 * follows what happens there, batches unless told otherwise, and loads anew within that time.
 */
export function follow<T>(
  load: () => Promise<T>,
  withinMs: number | null = null,
  happenings: readonly Happening[] = ['batch'],
): Resource<T> {
  const resource = new Resource(load);
  const ends = [core.on('reload', () => void resource.reload())];
  if (withinMs !== null)
    for (const what of happenings) ends.push(core.on(what, () => resource.reloadWithin(withinMs)));
  onDestroy(() => {
    ends.forEach((end) => end());
    resource.stop();
  });
  void resource.reload();
  return resource;
}
