// What a new policy or roster changes, line by line, in words. Pure.

import type { ChangeRow } from '$lib/api';
import { count, money } from '$lib/format/say';
import { m } from '$lib/paraglide/messages';

/** What a line is about. */
export function changeTitle({ path, token }: ChangeRow): string {
  // A tag is foreign text: it may hold the sign that separates the parts.
  if (token !== null && path.startsWith(`tokens/${token.tag}`))
    return tokenTitle(token.symbol, path.slice(`tokens/${token.tag}/`.length));
  const [part = '', ...rest] = path.split('/');
  const subject = rest[0] ?? '';
  switch (part) {
    case 'stopped':
      return m.policy_change_stopped();
    case 'deny':
      return m.policy_change_deny({ account: subject });
    case 'allow':
      return subject === '' ? m.policy_change_allow_list() : m.policy_change_allow({ account: subject });
    case 'tokens':
      return tokenTitle(subject, rest.slice(1).join('/'));
    case 'quarantineHours':
      return m.roster_change_quarantine();
    case 'members':
      return memberTitle(subject, rest[1]);
    default:
      return path;
  }
}

function tokenTitle(symbol: string, limit: string): string {
  switch (limit) {
    case '':
      return m.policy_change_token({ symbol });
    case 'payoutMax':
      return m.policy_change_payout_max({ symbol });
    case 'autoUpTo':
      return m.policy_change_auto({ symbol });
    case 'window/max':
      return m.policy_change_window_max({ symbol });
    case 'window/hours':
      return m.policy_change_window_hours({ symbol });
    case 'recipient/max':
      return m.policy_change_recipient_max({ symbol });
    case 'recipient/hours':
      return m.policy_change_recipient_hours({ symbol });
    case 'delay/above':
      return m.policy_change_delay_above({ symbol });
    case 'delay/minutes':
      return m.policy_change_delay_minutes({ symbol });
    default:
      return `${symbol} ${limit}`;
  }
}

function memberTitle(owner: string, what: string | undefined): string {
  switch (what) {
    case undefined:
      return m.roster_change_member({ owner });
    case 'peer':
      return m.roster_change_peer({ owner });
    case 'addresses':
      return m.roster_change_addresses({ owner });
    case 'name':
      return m.roster_change_name({ owner });
    case 'sinceMs':
      return m.roster_change_since({ owner });
    default:
      return `${owner} ${what}`;
  }
}

/** A side of a line with its unit; what is not there is said so. */
export function changeValue({ path, token }: ChangeRow, value: string | null): string {
  if (value === null) return path.startsWith('tokens/') ? m.policy_value_no_limit() : m.policy_value_absent();
  if (value === 'present') return m.policy_value_present();
  if (path === 'stopped') return value === 'true' ? m.policy_value_on() : m.policy_value_off();
  if (/(^|\/)(hours|quarantineHours)$/.test(path)) return m.policy_hours({ n: value, count: counted(value) });
  if (path.endsWith('/minutes')) return m.policy_minutes({ n: value, count: counted(value) });
  if (token !== null && /^\d+$/.test(value)) return money(value, token.decimals, token.symbol);
  return value;
}

const counted = (value: string) => (/^\d{1,9}$/.test(value) ? count(Number(value)) : value);

/** Lines that let more pass stand first; the order of the core holds within both parts. */
export function gravest(changes: ChangeRow[]): ChangeRow[] {
  return [...changes.filter((change) => change.loosens), ...changes.filter((change) => !change.loosens)];
}
