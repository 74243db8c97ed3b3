// Why a command about the watchman was not done, by the code of the answer. Pure.

import { m } from '$lib/paraglide/messages';

export function watchRefusal(code: string): string {
  switch (code) {
    case 'declined':
      return m.watch_refused_declined();
    case 'needs_window':
      return m.watch_refused_needs_window();
    case 'locked':
      return m.watch_refused_locked();
    case 'refused':
      return m.watch_refused_changed();
    case 'busy':
      return m.watch_refused_busy();
    case 'not_set_up':
      return m.watch_refused_not_set_up();
    case 'not_running':
      return m.watch_refused_not_running();
    case 'not_found':
      return m.watch_refused_not_found();
    case 'read_only':
      return m.watch_refused_read_only();
    case 'invalid_request':
      return m.watch_refused_invalid();
    case 'link_lost':
      return m.watch_refused_link();
    default:
      return m.watch_refused_code({ code });
  }
}

/** Why a page of the watchman cannot be shown; undefined where the reason is not the watchman's. */
export function watchFace(code: string | null): string | undefined {
  const known = code === 'not_set_up' || code === 'not_running' || code === 'locked';
  return known ? watchRefusal(code) : undefined;
}
