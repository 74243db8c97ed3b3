// What a withdrawal would do, asked of the core while it is typed: once a pause, the newest answer wins.

import { call } from '$lib/api';
import type { WithdrawQuote, WithdrawRequest } from '$lib/api';
import { failureCode } from '$lib/stores/attempt.svelte';

const PAUSE_MS = 250;

export class Quoting {
  /** The answer to what is asked now; null while there is none. */
  quote = $state.raw<WithdrawQuote | null>(null);
  /** Why the core could not say. */
  code = $state<string | null>(null);
  busy = $state(false);

  #run = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks after a pause; null: nothing to ask. What was answered before no longer holds. */
  ask(request: WithdrawRequest | null): void {
    this.stop();
    this.quote = null;
    this.code = null;
    this.busy = request !== null;
    if (request !== null) this.#timer = setTimeout(() => void this.#load(request), PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#run += 1;
    this.busy = false;
  }

  async #load(request: WithdrawRequest): Promise<void> {
    const run = ++this.#run;
    try {
      const quote = await call('quoteWithdrawal', request);
      if (run === this.#run) this.quote = quote;
    } catch (fault) {
      if (run === this.#run) this.code = failureCode(fault);
    } finally {
      if (run === this.#run) this.busy = false;
    }
  }
}
