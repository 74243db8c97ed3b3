import { describe, expect, it } from 'vitest';
import type { CeremonyPeer, SessionRow } from '$lib/api';
import { carriedName, following } from './carry';
import { taskChange, taskFault } from './change';
import { invitable, inviteFault, LABEL_MAX, spare, thresholds, usualThreshold } from './invite';
import { keyOf, shareFace } from './keys';
import { psbtFromBytes, psbtFromText } from './psbt';
import { openCeremonies, openSessions } from './queue';
import { ceremonyRefusal } from './refusals';
import { sample, sampleKey } from './samples';

const PSBT_HEX = '70736274ff01000a01000000000000000000';
const PSBT_BYTES = Uint8Array.from(PSBT_HEX.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const PSBT_BASE64 = 'cHNidP8BAAoBAAAAAAAAAAAA';

describe('a partially signed transaction', () => {
  it('is the same from a file of bytes, from base64 and from hex', () => {
    const text = (value: string) => new TextEncoder().encode(value);
    for (const found of [
      psbtFromBytes(PSBT_BYTES),
      psbtFromBytes(text(`${PSBT_BASE64}\n`)),
      psbtFromBytes(text(PSBT_HEX)),
      psbtFromText(PSBT_HEX.toUpperCase()),
      psbtFromText(` ${PSBT_BASE64.slice(0, 9)}\n${PSBT_BASE64.slice(9)} `),
    ])
      expect(found).toBe(PSBT_BASE64);
  });

  it('is refused when it does not begin as one', () => {
    for (const text of ['', 'hello', '00', PSBT_HEX.slice(1), `ff${PSBT_HEX}`, '0200000001ab'])
      expect(psbtFromText(text), text).toBeNull();
    expect(psbtFromBytes(PSBT_BYTES.slice(1))).toBeNull();
    expect(psbtFromBytes(new Uint8Array())).toBeNull();
  });
});

describe('an invitation', () => {
  it('asks for more than half unless told otherwise, and for two at least', () => {
    expect([2, 3, 4, 5, 7, 10].map(usualThreshold)).toEqual([2, 2, 3, 3, 4, 6]);
    expect(thresholds(4)).toEqual([2, 3, 4]);
    expect(thresholds(1)).toEqual([]);
    expect(spare(5, 3)).toBe(2);
  });

  it('reaches others whose ceremony key is known', () => {
    const peer = (change: Partial<CeremonyPeer>): CeremonyPeer => ({
      peer: 'p',
      name: 'P',
      up: true,
      me: false,
      key: 'k',
      words: [],
      ...change,
    });
    const away = peer({ up: false });
    expect(invitable([peer({ me: true }), peer({ key: null }), away])).toEqual([away]);
  });

  it('has a reason for each thing that is missing', () => {
    const reasons = [
      inviteFault('  ', 2),
      inviteFault('x'.repeat(LABEL_MAX + 1), 2),
      inviteFault('x', 0),
      inviteFault('x', 100),
    ];
    expect(new Set(reasons).size).toBe(4);
    expect(reasons).not.toContain('');
    // Characters count, not units of an encoding.
    expect(inviteFault('🔑'.repeat(LABEL_MAX), 99)).toBe('');
  });
});

describe('a task', () => {
  it('of renewal changes the shares and nothing else', () => {
    const lines = taskChange('refresh', sampleKey(), null);
    expect(lines.filter((line) => line.old !== line.new && line.new !== lines[0]?.new)).toHaveLength(1);
  });

  it('of removal shows who goes and how many stay', () => {
    const text = JSON.stringify(taskChange('remove', sampleKey(), 5));
    expect(text).toContain('3 of 5');
    expect(text).toContain('3 of 4');
    expect(taskChange('remove', sampleKey(), 5)[1]?.new).not.toContain('Tomas');
  });

  it('of repair gives back one share', () => {
    const lines = taskChange('repair', sampleKey(), 3);
    expect(lines[1]?.what).toContain('Jun');
    expect(JSON.stringify(lines)).not.toContain('generation');
  });

  it('is not begun without a member, nor when too few would stay', () => {
    expect(taskFault('refresh', sampleKey(), null)).toBe('');
    expect(taskFault('remove', sampleKey(), null)).not.toBe('');
    expect(taskFault('remove', sampleKey(), 5)).toBe('');
    expect(taskFault('remove', sampleKey({ threshold: 5 }), 5)).toContain('5');
    expect(taskFault('repair', sampleKey({ threshold: 5 }), 5)).toBe('');
  });
});

describe('a share', () => {
  it('is safe only when its backup was opened once', () => {
    const faces = [
      shareFace(sampleKey({ share: false, backedUpMs: 1, drilledMs: 2 })),
      shareFace(sampleKey()),
      shareFace(sampleKey({ backedUpMs: 1 })),
      shareFace(sampleKey({ backedUpMs: 1, drilledMs: 2 })),
    ];
    expect(faces.map(({ tone }) => tone)).toEqual(['danger', 'attention', 'attention', 'verified']);
    expect(new Set(faces.map(({ text }) => text)).size).toBe(4);
  });

  it('is found by the group that came out, or that the task is for', () => {
    const keys = [sampleKey({ group: 'a1', key: 'x' }), sampleKey()];
    expect(keyOf(keys, sample('done', { outcome: 'a0' }))?.key).toBe('b0');
    const task = sample('running');
    expect(keyOf(keys, { ...task, row: { ...task.row, group: 'a1' } })?.key).toBe('x');
    expect(keyOf(keys, task)).toBeNull();
  });
});

it('goes round a series of codes in both directions', () => {
  expect(following(0, -1, 3)).toBe(2);
  expect(following(2, 1, 3)).toBe(0);
  expect(following(0, 1, 0)).toBe(0);
  expect(carriedName(3)).toMatch(/^[a-z0-9.-]+$/);
});

it('lists what somebody should look at', () => {
  const states: SessionRow['state'][] = ['asked', 'approved', 'declined', 'signed', 'failed'];
  const sessions = states.map((state) => ({ state }) as SessionRow);
  expect(openSessions(sessions).map(({ state }) => state)).toEqual(['asked', 'approved', 'signed']);
  const ceremonies = (['invited', 'running', 'done', 'failed', 'stopped'] as const).map(
    (state) => sample(state).row,
  );
  expect(openCeremonies({ ceremonies })).toBe(2);
});

it('has words of its own for every refusal of the core', () => {
  const codes = ['not_found', 'refused', 'invalid_request', 'invalid_account', 'key_busy', 'not_compared'];
  codes.push('key_unknown', 'too_few', 'in_doubt', 'outdated', 'known', 'bad_psbt', 'bad_text', 'bad_backup');
  codes.push('no_share', 'too_large', 'wrong_password', 'locked', 'declined', 'needs_window', 'brandnew');
  const said = codes.map(ceremonyRefusal);
  expect(new Set(said).size).toBe(codes.length);
  expect(said.at(-1)).toContain('brandnew');
});
