// The browser host: commands by POST, events by a server-sent stream, a session by an HttpOnly cookie that the page
// never sees. The one-time token arrives in the fragment, is exchanged once and removed from the address at once.

import type { Event } from '$lib/api/generated';
import { asFailure, CommandFailure, LinkLost, NoSession } from './errors';
import type { Listener, Platform } from './index';

const TOKEN = /^#token=(.+)$/;
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 10_000;

export function browser(): Platform {
  // A link with a fresh token may be opened in a tab that already shows the page.
  addEventListener('hashchange', () => {
    if (TOKEN.test(location.hash)) location.reload();
  });
  return { kind: 'browser', start, call, subscribe, copy, saveText };
}

async function start(): Promise<void> {
  const token = TOKEN.exec(location.hash)?.[1];
  if (token === undefined) return;
  history.replaceState(null, '', location.pathname + location.search + '#/');
  await post('/session', { token: decodeURIComponent(token) });
}

async function call(command: string, request: unknown): Promise<unknown> {
  const answer = await post('/rpc', { command, request });
  try {
    return await answer.json();
  } catch (fault) {
    throw new LinkLost(fault);
  }
}

async function post(path: string, body: unknown): Promise<Response> {
  const answer = await fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch((fault: unknown) => {
    throw new LinkLost(fault);
  });
  if (answer.ok) return answer;
  if (answer.status === 401) throw new NoSession();
  const failure = asFailure(await answer.json().catch(() => null));
  throw failure ?? new CommandFailure(`http_${answer.status}`, answer.statusText);
}

function subscribe(listener: Listener): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = RETRY_MS_MIN;

  function open() {
    source = new EventSource('/events');
    source.onopen = () => {
      wait = RETRY_MS_MIN;
      listener.gap();
    };
    source.onmessage = (message) => {
      const event = read(message.data);
      if (event) listener.event(event);
      else listener.gap();
    };
    // The core says so itself when this page was too slow to take every event.
    source.addEventListener('gap', () => listener.gap());
    source.onerror = () => {
      listener.lost();
      // A refused stream is closed for good; a broken one reopens by itself.
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, RETRY_MS_MAX);
    };
  }

  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

function read(data: unknown): Event | null {
  try {
    return typeof data === 'string' ? (JSON.parse(data) as Event) : null;
  } catch {
    return null;
  }
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

/** Longer than any browser takes to begin a download. */
const DOWNLOAD_MS = 60_000;

/** The browser puts it where it puts downloads and tells nobody; the name is all that is known. */
async function saveText(name: string, text: string): Promise<string | null> {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_MS);
  return name;
}
