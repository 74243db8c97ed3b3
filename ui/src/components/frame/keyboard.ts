// The keys of the whole page. Single letters work only outside fields and can be switched off.

import { keystore } from '$lib/keys/keystore.svelte';
import { parentOf } from '$lib/router/paths';
import { router } from '$lib/router/router.svelte';
import { copyText } from '$lib/stores/clipboard';
import { core } from '$lib/stores/core.svelte';
import { preferences } from '$lib/stores/preferences.svelte';
import { stopping } from '$lib/watch/stopping.svelte';
import { places } from './places';

const GO_MS = 1_200;

export interface Actions {
  showKeys(): void;
}

/** Listens on the window; returns the function that ends it. */
export function listenForKeys(actions: Actions): () => void {
  let goSince = -Infinity;

  function pressed(event: KeyboardEvent) {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) return withControl(event);
    if (event.altKey) return;
    if (event.key === 'Escape') return escape(event);
    if (inField(event.target) || document.querySelector('dialog[open]')) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (inList(event.target)) move(event, event.key === 'ArrowDown' ? 1 : -1);
      return;
    }
    if (preferences.letterKeys) letter(event);
  }

  function letter(event: KeyboardEvent) {
    const key = event.key.toLowerCase();
    const go =
      performance.now() - goSince < GO_MS ? places.find((place) => place.keys.toLowerCase() === key) : null;
    goSince = key === 'g' && !go ? performance.now() : -Infinity;
    if (go) return router.go(go.href);
    if (key === 'j' || key === 'k') return move(event, key === 'j' ? 1 : -1);
    if (key === 'c') return void copyFocused();
    if (key === 'u' && keystore.ending) return void keystore.extend();
    if (key === '?') return actions.showKeys();
    if (key === '/') focusOn(event, '[data-filter]');
  }

  addEventListener('keydown', pressed);
  return () => removeEventListener('keydown', pressed);
}

function withControl(event: KeyboardEvent) {
  if (event.shiftKey && event.key.toLowerCase() === 'l') {
    event.preventDefault();
    return void keystore.lock();
  }
  // With Shift, what the key writes depends on the keyboard; its place does not.
  if (event.shiftKey && (event.code === 'Period' || event.key === '.')) {
    event.preventDefault();
    if (core.status !== null && core.status.signing !== 'notSetUp') stopping.ask();
    return;
  }
  if (event.key.toLowerCase() === 'k') return focusOn(event, '[data-search]');
  // Browsers own these keys; in the desktop window they are ours.
  const place = core.host === 'desktop' ? places[Number(event.key) - 1] : undefined;
  if (place) {
    event.preventDefault();
    router.go(place.href);
  }
}

function escape(event: KeyboardEvent) {
  if (document.querySelector('dialog[open]')) return;
  if (inField(event.target)) return (event.target as HTMLElement).blur();
  const parent = parentOf(router.route);
  if (parent !== null) router.go(parent);
}

function focusOn(event: KeyboardEvent, selector: string) {
  const field = [...document.querySelectorAll<HTMLInputElement>(selector)].find(
    (candidate) => candidate.offsetParent !== null || candidate.getClientRects().length > 0,
  );
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function inField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, select, textarea, [contenteditable]') !== null;
}

function inList(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[data-list]') !== null;
}

function move(event: KeyboardEvent, step: number) {
  const active = document.activeElement;
  const list = active?.closest('[data-list]') ?? document.querySelector('main [data-list]');
  const items = [...(list?.querySelectorAll<HTMLElement>('[data-item]') ?? [])];
  if (items.length === 0) return;
  const here = items.findIndex((item) => item === active || item.closest('tr, li')?.contains(active));
  const next = items[here < 0 ? 0 : Math.min(items.length - 1, Math.max(0, here + step))];
  event.preventDefault();
  next?.focus();
}

async function copyFocused() {
  const text = document.activeElement?.closest('[data-copy]')?.getAttribute('data-copy');
  if (text) await copyText(text);
}
