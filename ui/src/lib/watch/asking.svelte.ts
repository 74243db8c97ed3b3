// One command under way that a person asked of the watchman. What needs an open keystore has it opened first.

import { keystore } from '$lib/keys/keystore.svelte';
import { CommandFailure } from '$lib/platform/errors';
import { Attempt } from '$lib/stores/attempt.svelte';
import { watchRefusal } from './refusals';

/** Codes that stand for many reasons: the program's own words say which. */
const EXPLAINED = new Set([
  'refused',
  'invalid_request',
  'file',
  'bad_key',
  'bad_psbt',
  'bad_text',
  'bad_backup',
  'key_unknown',
]);

export class Asking extends Attempt {
  /** The program's own words about a refusal, for a detail line. */
  detail = $state('');

  constructor(words = watchRefusal) {
    super(words);
  }

  /** Why it was not done, in words; null while nothing was refused. */
  get refusal(): string | null {
    return this.refused || null;
  }

  /** Runs it, once more after the keystore was opened where that was missing; true when it was done. */
  override async run(command: () => Promise<unknown>): Promise<boolean> {
    const explained = async () => {
      try {
        await command();
      } catch (fault) {
        if (fault instanceof CommandFailure && EXPLAINED.has(fault.code)) this.detail = fault.detail;
        throw fault;
      }
    };
    if (await super.run(explained)) return true;
    if (this.code !== 'locked' || !(await keystore.ensureOpen())) return false;
    return super.run(explained);
  }

  override clear(): void {
    super.clear();
    this.detail = '';
  }
}
