// Why a command about shared keys was not done, by the code of the answer. Pure.

import { m } from '$lib/paraglide/messages';
import { keyRefusal } from '$lib/keys/refusals';
import { watchFace, watchRefusal } from '$lib/watch/refusals';

const KEYSTORE = new Set(['wrong_password', 'weak_password', 'no_keystore', 'bad_label', 'file']);

/** Why one ceremony, key or session cannot be shown; undefined where the reason is not theirs. */
export function ceremonyFace(code: string | null): string | undefined {
  // An id that is none names nothing either.
  if (code === 'not_found' || code === 'invalid_request') return m.ceremony_refused_not_found();
  return watchFace(code);
}

export function ceremonyRefusal(code: string): string {
  if (KEYSTORE.has(code)) return keyRefusal(code);
  switch (code) {
    case 'not_found':
      return m.ceremony_refused_not_found();
    case 'refused':
      return m.ceremony_refused_rule();
    case 'invalid_request':
      return m.ceremony_refused_invalid();
    case 'invalid_account':
      return m.ceremony_refused_account();
    case 'key_busy':
      return m.ceremony_refused_busy();
    case 'not_compared':
      return m.ceremony_refused_not_compared();
    case 'key_unknown':
      return m.ceremony_refused_key_unknown();
    case 'too_few':
      return m.ceremony_refused_too_few();
    case 'in_doubt':
      return m.ceremony_refused_in_doubt();
    case 'outdated':
      return m.ceremony_refused_outdated();
    case 'known':
      return m.ceremony_refused_known();
    case 'bad_psbt':
      return m.ceremony_refused_psbt();
    case 'bad_text':
      return m.ceremony_refused_text();
    case 'bad_backup':
      return m.ceremony_refused_backup();
    case 'no_share':
      return m.ceremony_refused_no_share();
    case 'too_large':
      return m.ceremony_refused_large();
    default:
      return watchRefusal(code);
  }
}
