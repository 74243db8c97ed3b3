import { describe, expect, it } from 'vitest';
import type { MemberRow, WatchHalt } from '$lib/api';
import { memberFace } from './members';
import { watchFace, watchRefusal } from './refusals';
import { identityLine, newRoster, readGroup, readIdentity, withMember, withoutMember } from './roster';
import { causeWords, haltsByChain, modeWords, signingSaid, troublePart } from './words';

const OWNER = '0x38741a69785e84399Fcf7c5Ad61D572f7eCb1dAB';
const ADA = { owner: OWNER, peer: '12D3KooWAda', name: 'Ada', addresses: ['ada.example:7000'] };
const BOB = { ...ADA, owner: `0x${'b'.repeat(40)}`, peer: '12D3KooWBob', name: 'Bob' };

describe('the line by which a watchman tells who it is', () => {
  it('reads back as the same member', () => {
    expect(readIdentity(`  ${identityLine(ADA)}\n`)).toEqual(ADA);
  });

  it('may be what the command line prints', () => {
    expect(readIdentity(`${OWNER} 12D3KooWAda`)).toEqual({ ...ADA, name: '', addresses: [] });
  });

  it('is refused when it names no account or no identity', () => {
    for (const text of ['', '{', '{"owner":1}', OWNER, '0x12 12D3KooWAda', `${OWNER} a b c`])
      expect(readIdentity(text), text).toBeNull();
  });
});

describe('the roster as text', () => {
  const roster = newRoster(48, [ADA]);

  it('dates somebody who joins, and founders not', () => {
    const members = JSON.parse(withMember(roster, BOB, 7) ?? '').members;
    expect(members).toEqual([
      { ...ADA, sinceMs: 0 },
      { ...BOB, sinceMs: 7 },
    ]);
  });

  it('changes somebody in place, however the account is spelt', () => {
    const moved = { ...ADA, owner: OWNER.toLowerCase(), addresses: ['new.example:7000'] };
    expect(JSON.parse(withMember(roster, moved, 7) ?? '').members).toEqual([{ ...moved, sinceMs: 0 }]);
  });

  it('begins with this watchman and the lines of the others, each once', () => {
    const text = `${identityLine(BOB)}\n\n${identityLine(ADA)}\n`;
    expect(readGroup(ADA, text, 48)).toEqual({ roster: newRoster(48, [ADA, BOB]), fault: null });
    expect(readGroup(ADA, '', 48)).toEqual({ roster: newRoster(48, [ADA]), fault: null });
  });

  it('names the line that says nothing, and leaves a whole roster as it is', () => {
    expect(readGroup(ADA, `${identityLine(BOB)}\nhello`, 48).fault).toBe(2);
    expect(readGroup(ADA, roster, 1)).toEqual({ roster, fault: null });
  });

  it('loses a member by account', () => {
    const both = withMember(roster, BOB, 7) ?? '';
    expect(JSON.parse(withoutMember(both, OWNER.toUpperCase().replace('0X', '0x')) ?? '').members).toEqual([
      { ...BOB, sinceMs: 7 },
    ]);
  });

  it('is not touched when it cannot be read', () => {
    for (const text of ['', '[]', '{"members":1}']) {
      expect(withMember(text, BOB, 7)).toBeNull();
      expect(withoutMember(text, OWNER)).toBeNull();
    }
  });
});

describe('how a watchman stands', () => {
  const NOW = 1_000;
  const stands = (change: Partial<MemberRow>) =>
    memberFace(
      {
        ...ADA,
        isMe: false,
        up: true,
        trouble: null,
        quarantineUntilMs: null,
        accused: false,
        batch: null,
        root: null,
        words: [],
        ...change,
      },
      NOW,
    );

  it('is the gravest thing that is the case', () => {
    const later = NOW + 1;
    const faces = [
      stands({ accused: true, quarantineUntilMs: later, isMe: true }),
      stands({ quarantineUntilMs: later, isMe: true }),
      stands({ isMe: true, up: false }),
      stands({}),
      stands({ up: false }),
    ];
    expect(new Set(faces.map(({ text }) => text)).size).toBe(faces.length);
    expect(stands({ quarantineUntilMs: NOW })).toEqual(stands({}));
  });

  it('has a reason where it is not there', () => {
    const codes = ['no_address', 'unresolved', 'unreachable', 'other_identity'];
    codes.push('turned_away', 'silent', 'gone', 'shut_out');
    const reasons = codes.map((trouble) => stands({ up: false, trouble }).reason);
    expect(new Set(reasons).size).toBe(codes.length);
    expect(stands({ up: false, trouble: 'brandnew' }).reason).toContain('brandnew');
    expect(stands({ up: false }).reason).toBe('');
  });
});

it('lists the causes of a chain together', () => {
  const halt = (chain: string, key: string): WatchHalt => ({ chain, key, cause: 'person', sinceMs: 0 });
  expect(haltsByChain([halt('a', '1'), halt('b', '2'), halt('a', '3')])).toEqual([
    { chain: 'a', causes: [halt('a', '1'), halt('a', '3')] },
    { chain: 'b', causes: [halt('b', '2')] },
  ]);
});

it('never is without words', () => {
  const signing = (['notSetUp', 'locked', 'stopped', 'blocked', 'ready'] as const).map(signingSaid);
  expect(new Set(signing.map(({ text }) => text)).size).toBe(5);
  expect(new Set(signing.map(({ glyph, tone }) => glyph + tone)).size).toBe(5);
  expect(modeWords('running')).toBeNull();
  const codes = [
    'declined',
    'needs_window',
    'locked',
    'refused',
    'busy',
    'not_running',
    'read_only',
    'link_lost',
  ];
  expect(new Set(codes.map(watchRefusal)).size).toBe(codes.length);
  expect(watchRefusal('brandnew')).toContain('brandnew');
  expect(watchFace('locked')).toBe(watchRefusal('locked'));
  expect(watchFace('core_fault')).toBeUndefined();
  expect(causeWords('brandnew')).toContain('brandnew');
  expect(troublePart({ code: 'chain/ethereum', subject: '' })).toBe('Ethereum');
});
