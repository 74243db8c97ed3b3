// Everything the page may ask of its host. The desktop shell and the browser each implement it; nothing else in the
// page knows which of them it is.

import type { CommandName, Event } from '$lib/api/generated';

/** What a host tells about the event stream. */
export interface Listener {
  /** An event arrived. */
  event(event: Event): void;
  /** The stream was opened, or opened again: events may have been missed. */
  gap(): void;
  /** The stream broke; the host tries again by itself. */
  lost(): void;
}

/** The host of the page. */
export interface Platform {
  readonly kind: 'desktop' | 'browser';
  /** Prepares calls (the browser exchanges its one-time token here). */
  start(): Promise<void>;
  /** Rejects with `CommandFailure`, `LinkLost` or `NoSession`. */
  call(command: CommandName, request: unknown): Promise<unknown>;
  /** Returns the function that ends the subscription. */
  subscribe(listener: Listener): () => void;
  /** Puts text on the clipboard. */
  copy(text: string): Promise<void>;
  /** Writes a text to a file of the person's choice: where it went, or null when they chose nothing. */
  saveText(name: string, text: string): Promise<string | null>;
}

let chosen: Promise<Platform> | null = null;

/** The host this page runs in; chosen once. */
export function platform(): Promise<Platform> {
  chosen ??= choose();
  return chosen;
}

async function choose(): Promise<Platform> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./tauri')).desktop();
  return (await import('./web')).browser();
}
