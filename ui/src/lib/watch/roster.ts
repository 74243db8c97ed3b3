// The roster as people edit it, and the line by which a watchman tells the others who it is. The core alone judges a
// text; here it is only read well enough to add to it. Pure.

import { shortHash } from '$lib/format/hashes';
import { isRecord, readJson } from '$lib/format/json';

export interface RosterMember {
  owner: string;
  peer: string;
  name: string;
  /** `host:port`. */
  addresses: string[];
}

const INDENT = 2;

/** One line that another watchman can paste: the member as the roster's file has it. */
export function identityLine({ owner, peer, name, addresses }: RosterMember): string {
  return JSON.stringify({ owner, peer, name, addresses });
}

/** Reads such a line, or the account and identity that `everwatchd watchman init` prints; null when it is neither. */
export function readIdentity(line: string): RosterMember | null {
  const text = line.trim();
  if (text.startsWith('{')) return readMember(readJson(text));
  const [owner = '', peer = '', ...rest] = text.split(/\s+/);
  if (!/^0x[0-9a-fA-F]{40}$/.test(owner) || peer === '' || rest.length > 1) return null;
  return { owner, peer, name: '', addresses: rest };
}

/**
 * The roster's text with this member, in the place of one with the same account. Who is added is dated by the core; nobody
 * new is a founder. Null when the text is no roster.
 */
export function withMember(text: string, member: RosterMember, nowMs: number): string | null {
  const roster = readJson(text);
  if (!isRecord(roster) || !Array.isArray(roster['members'])) return null;
  const same = (other: unknown) => isRecord(other) && sameAccount(String(other['owner']), member.owner);
  const known: unknown[] = roster['members'];
  const members = known.some(same)
    ? known.map((other) => (same(other) ? { ...(other as object), ...member } : other))
    : [...known, { ...member, sinceMs: nowMs }];
  return JSON.stringify({ ...roster, members }, null, INDENT);
}

/** The roster's text without the member of this account; null when the text is no roster. */
export function withoutMember(text: string, owner: string): string | null {
  const roster = readJson(text);
  if (!isRecord(roster) || !Array.isArray(roster['members'])) return null;
  const members: unknown[] = roster['members'];
  const stays = (member: unknown) => !isRecord(member) || !sameAccount(String(member['owner']), owner);
  return JSON.stringify({ ...roster, members: members.filter(stays) }, null, INDENT);
}

/** A roster of founders only: how a group begins. */
export function newRoster(quarantineHours: number, members: RosterMember[]): string {
  const founders = members.map((member) => ({ ...member, sinceMs: 0 }));
  return JSON.stringify({ quarantineHours, members: founders }, null, INDENT);
}

/** What a group of founders is made of: this watchman and the lines of the others. */
export interface Group {
  roster: string;
  /** Number, from 1, of the first line that names nobody; null when all do. */
  fault: number | null;
}

/** Identity lines, one a line, or a whole roster, which stays as it is. */
export function readGroup(own: RosterMember, text: string, quarantineHours: number): Group {
  const whole = readJson(text);
  if (isRecord(whole) && Array.isArray(whole['members'])) return { roster: text, fault: null };
  const lines = text.split('\n').map((line) => line.trim());
  const others = lines.map((line) => (line === '' ? undefined : readIdentity(line)));
  const fault = others.indexOf(null);
  const members = [own];
  for (const other of others)
    if (other && !members.some(({ owner }) => sameAccount(owner, other.owner)))
      members.push(other.name === '' ? { ...other, name: shortHash(other.owner) } : other);
  return { roster: newRoster(quarantineHours, members), fault: fault < 0 ? null : fault + 1 };
}

const sameAccount = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

function readMember(value: unknown): RosterMember | null {
  if (!isRecord(value)) return null;
  const { owner, peer, name, addresses } = value;
  if (typeof owner !== 'string' || typeof peer !== 'string') return null;
  const places = Array.isArray(addresses) ? addresses.filter((place) => typeof place === 'string') : [];
  return { owner, peer, name: typeof name === 'string' ? name : '', addresses: places };
}
