// One thing that a person asked for: under way, or refused with a sentence. One at a time.

import { CommandFailure } from '$lib/platform/errors';

/** The code of whatever a call rejected with. */
export function failureCode(fault: unknown): string {
  return fault instanceof CommandFailure ? fault.code : 'link_lost';
}

export class Attempt {
  busy = $state(false);
  /** Why it was refused, in words; empty while it was not. */
  refused = $state('');
  /** The code behind it. */
  code = $state<string | null>(null);

  #words: (code: string) => string;

  /** `words` says a code in a sentence with what to do. */
  constructor(words: (code: string) => string) {
    this.#words = words;
  }

  /** Does the work; true when it was done. False at once while something else is under way. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.clear();
    try {
      await work();
      return true;
    } catch (fault) {
      this.code = failureCode(fault);
      this.refused = this.#words(this.code);
      return false;
    } finally {
      this.busy = false;
    }
  }

  clear(): void {
    this.code = null;
    this.refused = '';
  }
}
