// A new policy or roster before it is in force: its text, and what the core says it would change. The core alone judges it.

import { call } from '$lib/api';
import type { ChangePreview } from '$lib/api';
import { failureCode } from '$lib/stores/attempt.svelte';

const PREVIEW_MS = 250;

export class Draft {
  /** Null: nobody changed anything. */
  text = $state<string | null>(null);
  /** What it would change; null until the core said so. */
  preview = $state.raw<ChangePreview | null>(null);
  /** Code of why the core did not say so. */
  code = $state<string | null>(null);

  #command: 'previewPolicy' | 'previewRoster';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #run = 0;

  constructor(command: 'previewPolicy' | 'previewRoster') {
    this.#command = command;
  }

  /** It says something, and not that nothing changes. */
  get ready(): boolean {
    return this.preview !== null && this.preview.error === null && this.preview.changes.length > 0;
  }

  edit(text: string): void {
    this.text = text;
    this.preview = null;
    this.code = null;
    clearTimeout(this.#timer);
    this.#run += 1;
    this.#timer = setTimeout(() => void this.#ask(text), PREVIEW_MS);
  }

  discard(): void {
    clearTimeout(this.#timer);
    this.#run += 1;
    this.text = null;
    this.preview = null;
    this.code = null;
  }

  async #ask(text: string): Promise<void> {
    const run = ++this.#run;
    try {
      const preview = await call(this.#command, { text });
      if (run === this.#run) this.preview = preview;
    } catch (fault) {
      if (run === this.#run) this.code = failureCode(fault);
    }
  }
}
