// The desktop host: one IPC command carries every envelope, one event name carries every event.
// The only file that knows Tauri.

import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Event, Saved } from '$lib/api/generated';
import { asFailure, LinkLost } from './errors';
import type { Listener, Platform } from './index';

export function desktop(): Platform {
  return {
    kind: 'desktop',
    start: async () => {},
    call,
    subscribe,
    copy: (text) => navigator.clipboard.writeText(text),
    saveText,
  };
}

async function call(command: string, request: unknown): Promise<unknown> {
  try {
    return await invoke('rpc', { envelope: { command, request } });
  } catch (fault) {
    throw asFailure(fault) ?? new LinkLost(fault);
  }
}

/** The shell asks where, in a window of its own. */
async function saveText(name: string, text: string): Promise<string | null> {
  return ((await call('saveText', { name, text })) as Saved).path;
}

function subscribe(listener: Listener): () => void {
  let ended = false;
  let unlisten = () => {};
  listen<Event>('core-event', (message) => listener.event(message.payload)).then(
    (stop) => {
      if (ended) return stop();
      unlisten = stop;
      listener.gap();
    },
    () => listener.lost(),
  );
  return () => {
    ended = true;
    unlisten();
  };
}
