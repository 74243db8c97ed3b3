// Why the keystore or a signature was refused, in words with what to do. Pure.

import { m } from '$lib/paraglide/messages';

export { failureCode } from '$lib/stores/attempt.svelte';

/** A sentence for a code of the keystore. */
export function keyRefusal(code: string): string {
  switch (code) {
    case 'no_keystore':
      return m.keystore_refused_none();
    case 'keystore_exists':
      return m.keystore_refused_exists();
    case 'locked':
      return m.keystore_refused_locked();
    case 'wrong_password':
      return m.keystore_refused_password();
    case 'weak_password':
      return m.keystore_refused_weak();
    case 'bad_key':
      return m.keystore_refused_key();
    case 'bad_label':
      return m.keystore_refused_label();
    case 'key_exists':
      return m.keystore_refused_key_exists();
    case 'no_phrase':
      return m.keystore_refused_phrase_gone();
    case 'wrong_words':
      return m.keystore_refused_words();
    case 'file':
      return m.keystore_refused_file();
    case 'needs_window':
      return m.keystore_refused_window();
    case 'declined':
      return m.keystore_refused_declined();
    case 'busy':
      return m.keystore_refused_busy();
    case 'link_lost':
      return m.reason_no_core();
    default:
      return m.keystore_refused_other({ code });
  }
}
