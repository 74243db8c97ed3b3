import { describe, expect, it } from 'vitest';
import type { CeremonyFailure, CeremonyState, MarkState, SessionState } from '$lib/api';
import { whatWasChecked } from './checked';
import { failureTitle, namedAs, waysWithout } from './failure';
import { headline } from './headline';
import { markFace, reachedRound, roundSentence, roundTitle } from './rounds';
import { sample, sampleKey } from './samples';
import { approveCommand, resultCommand } from './session';
import { ceremonySteps, newSteps } from './steps';
import { eventFacts, eventWords, nameOf, sessionFace, signerFace, stateFace, troubleWords } from './words';

const STATES: CeremonyState[] = ['invited', 'comparing', 'running', 'inDoubt', 'done', 'failed', 'stopped'];
const MARKS: MarkState[] = ['open', 'waiting', 'sent', 'valid', 'broken', 'silent', 'absent'];

function failure(change: Partial<CeremonyFailure> = {}): CeremonyFailure {
  return { code: 'culprit', culprits: [], silent: [], proof: false, canLeaveOut: true, ...change };
}
const accused = (number: number, charge: string, disputed = false) => ({ number, charge, disputed });
const name = (number: number) => nameOf(sample('failed'), number);

describe('a table of who did what', () => {
  it('gives each state a shape of its own, so that colour is never needed', () => {
    expect(new Set(MARKS.map((state) => markFace('echo', state).glyph)).size).toBe(MARKS.length);
    expect(new Set(STATES.map((state) => stateFace(state).glyph)).size).toBe(STATES.length);
  });

  it('has a title and a sentence for every round of the core', () => {
    const codes = ['commitments', 'echo', 'values', 'confirmation', 'ready', 'ready_echo'];
    codes.push('test_shares', 'verified', 'parts', 'sums', 'restored');
    expect(new Set(codes.map(roundTitle)).size).toBe(codes.length);
    expect(new Set(codes.map(roundSentence)).size).toBe(codes.length);
    expect(codes.some((code) => roundTitle(code).includes(code) && code.includes('_'))).toBe(false);
    expect(roundTitle('brandnew')).toContain('brandnew');
  });

  it('is at the round that is waited for, or in which it ended', () => {
    const at = (...marks: MarkState[][]) => reachedRound(sample('running', {}, marks));
    expect(at([])).toBeNull();
    expect(at(['open', 'open'])).toBeNull();
    expect(at(['sent', 'open'], ['waiting', 'open'])).toBe(0);
    expect(at(['sent', 'sent', 'open'], ['valid', 'waiting', 'open'])).toBe(1);
    expect(at(['sent', 'sent', 'sent', 'sent'], ['valid', 'valid', 'valid', 'valid'])).toBe(3);
    // A member that broke a rule early stops everybody there, however far the others were.
    expect(at(['sent', 'sent', 'waiting'], ['valid', 'broken', 'open'])).toBe(1);
  });
});

describe('a failure', () => {
  it('names who and why before anything else', () => {
    const codes = ['equivocation', 'commitments', 'echo', 'secret_value', 'confirmation'];
    codes.push('signature_share', 'false_accusation', 'content');
    const titles = codes.map((code) => failureTitle(failure({ culprits: [accused(5, code)] }), name));
    expect(new Set(titles).size).toBe(codes.length);
    for (const title of titles) expect(title).toContain('Tomas');
  });

  it('names two of whom one must be wrong, and blames neither', () => {
    const disputed = failure({
      code: 'disputed',
      culprits: [accused(2, 'disputed', true), accused(5, 'disputed', true)],
    });
    expect(failureTitle(disputed, name)).toMatch(/Ravi.*Tomas/);
    expect(namedAs(disputed, 5)).toBe('disputed');
    expect(waysWithout(sample('failed', { failure: disputed })).map(({ without }) => without)).toEqual([
      [2],
      [5],
    ]);
  });

  it('names the silent, and tells a restart and a stop from silence', () => {
    const silent = (code: string) => failureTitle(failure({ code, silent: [3] }), name);
    const said = ['silent', 'restarted', 'stopped'].map(silent);
    expect(new Set(said).size).toBe(3);
    for (const title of said) expect(title).toContain('Jun');
    expect(namedAs(failure({ code: 'silent', silent: [3] }), 3)).toBe('silent');
    // Whoever stops a ceremony is no culprit of it.
    expect(namedAs(failure({ code: 'stopped', silent: [3] }), 3)).toBeNull();
  });

  it('has words where nobody is named', () => {
    const codes = ['keystore_locked', 'rule', 'restarted', 'brandnew'];
    const titles = codes.map((code) => failureTitle(failure({ code }), name));
    expect(new Set(titles).size).toBe(codes.length);
    expect(titles[3]).toContain('brandnew');
  });

  it('offers to begin without the guilty, not without the merely silent beside them', () => {
    const both = failure({ culprits: [accused(5, 'content')], silent: [3] });
    expect(waysWithout(sample('failed', { failure: both }))).toEqual([{ without: [5], left: 4 }]);
  });

  it('never offers to leave out ourselves, nor more than the threshold allows', () => {
    const offered = (silent: number[], canLeaveOut = true) =>
      waysWithout(sample('failed', { failure: failure({ code: 'silent', silent, canLeaveOut }) }));
    expect(offered([1])).toEqual([]);
    expect(offered([2, 3])).toEqual([{ without: [2, 3], left: 3 }]);
    expect(offered([2, 3, 4])).toEqual([]);
    expect(offered([2], false)).toEqual([]);
    expect(waysWithout(sample('failed'))).toEqual([]);
  });
});

describe('the head of a ceremony', () => {
  it('says something else in every state', () => {
    const titles = STATES.map((state) => headline(sample(state)).title);
    expect(new Set(titles).size).toBe(STATES.length);
  });

  it('asks for the words of those who were not compared, then to join, then to wait', () => {
    const [me, ...others] = sample('comparing').members;
    if (me === undefined) throw new Error('the sample has members');
    const members = [{ ...me, joined: false }, ...others.map((other) => ({ ...other, compared: false }))];
    const at = (list: typeof members) => headline(sample('comparing', { members: list })).title;
    expect(at(members)).toContain('4');
    const compared = members.map((member) => ({
      ...member,
      compared: member.compared === null ? null : true,
    }));
    const ready = at(compared);
    expect(ready).not.toBe(at(members));
    expect(at([me, ...others.map((other) => ({ ...other, joined: false }))])).toContain('4');
  });

  it('does not invite whoever invited', () => {
    const mine = headline(sample('invited', { proposer: 1 })).title;
    expect(mine).not.toBe(headline(sample('invited')).title);
    expect(mine).toBe(headline(sample('comparing')).title);
  });

  it('promises no loss only where nothing is lost', () => {
    const text = (state: CeremonyState, kind: 'create' | 'refresh') =>
      headline(sample(state, { failure: failure({ silent: [3], code: 'silent' }) }, [], kind)).text;
    expect(text('failed', 'create')).not.toBe(text('failed', 'refresh'));
    expect(text('inDoubt', 'refresh')).not.toContain('Nothing is lost');
  });
});

describe('the steps of the wizard', () => {
  const glyphs = (...args: Parameters<typeof ceremonySteps>) =>
    ceremonySteps(...args).map(({ glyph }) => glyph);
  const session = (state: SessionState) => ({
    id: 's',
    label: 'Harbour',
    group: 'a0',
    proposer: 'Ravi',
    state,
    amount: '1',
    to: null,
    inputs: 1,
    approved: 3,
    threshold: 3,
    askedMs: 0,
  });

  it('stop where the ceremony stopped', () => {
    const failed = sample('failed', {}, [
      ['sent', 'sent', 'sent', 'open'],
      ['valid', 'valid', 'broken', 'open'],
    ]);
    expect(glyphs(failed, null, [])).toEqual(['done', 'done', 'danger', 'notYet', 'notYet']);
    expect(ceremonySteps(failed, null, [])[2]?.detail).toContain('3');
  });

  it('go on after the key: backup, its test, and a first spend that was signed', () => {
    const done = sample('done', { outcome: 'a0' });
    expect(glyphs(done, sampleKey(), [])).toEqual(['done', 'done', 'done', 'progress', 'progress']);
    expect(glyphs(done, sampleKey({ backedUpMs: 1 }), []).at(3)).toBe('progress');
    expect(glyphs(done, sampleKey({ backedUpMs: 1, drilledMs: 2 }), []).at(3)).toBe('done');
    expect(glyphs(done, sampleKey(), [session('approved')]).at(4)).toBe('progress');
    expect(glyphs(done, sampleKey(), [session('signed')]).at(4)).toBe('done');
  });

  it('are the same before anybody is invited', () => {
    const keys = (steps: { key: string }[]) => steps.map(({ key }) => key);
    expect(keys(newSteps())).toEqual(keys(ceremonySteps(sample('comparing'), null, [])));
  });

  it('of a task leave out what was done when the key was made', () => {
    expect(ceremonySteps(sample('running', {}, [], 'refresh'), null, []).map(({ key }) => key)).toEqual([
      'invite',
      'run',
      'backup',
    ]);
  });
});

describe('what was checked', () => {
  const marks: MarkState[][] = [
    ['sent', 'sent', 'open'],
    ['valid', 'valid', 'open'],
    ['valid', 'waiting', 'open'],
    ['valid', 'valid', 'open'],
    ['valid', 'valid', 'open'],
  ];

  it('is a line for every round that began, whole or not', () => {
    const lines = whatWasChecked(sample('running', {}, marks));
    expect(lines.map(({ key, glyph }) => [key, glyph])).toEqual([
      ['commitments', 'fact'],
      ['echo', 'progress'],
    ]);
    expect(lines[0]?.title).toContain('3');
  });

  it('ends with everybody who is named', () => {
    const detail = sample('failed', { failure: failure({ culprits: [accused(3, 'echo')] }) }, marks);
    expect(whatWasChecked(detail).at(-1)).toMatchObject({ glyph: 'crossed', tone: 'danger' });
    expect(whatWasChecked(detail).at(-1)?.title).toContain('Jun');
  });

  it('says nothing of rounds in which nobody takes part', () => {
    const absent = marks.map(() => ['absent' as const, 'open' as const]);
    expect(whatWasChecked(sample('running', {}, absent))).toEqual([]);
  });
});

it('has words for every line of the log, and keeps what it does not know', () => {
  const detail = sample('running');
  const codes = ['invited', 'joined', 'compared', 'began', 'sent', 'received', 'refused', 'up', 'down'];
  codes.push('staged', 'in_force', 'restored', 'in_doubt', 'locked', 'failed', 'stopped');
  const said = codes.map((code) => eventWords({ atMs: 0, code, member: 2, params: [] }, detail));
  expect(new Set(said).size).toBe(codes.length);
  const params = [
    { name: 'round', value: 'echo' },
    { name: 'why', value: 'signature' },
  ];
  const event = { atMs: 0, code: 'brandnew', member: 9, params };
  expect(eventWords(event, detail)).toMatch(/9.*brandnew/);
  expect(eventFacts(event)).toBe('why signature');
});

it('has words and shapes for sessions and who signs', () => {
  const states: SessionState[] = ['asked', 'approved', 'declined', 'signed', 'failed'];
  expect(new Set(states.map((state) => sessionFace(state).text)).size).toBe(states.length);
  const members = ['waiting', 'approved', 'declined', 'signed', 'broken', 'silent', 'spare'];
  expect(new Set(members.map((state) => signerFace(state).glyph)).size).toBe(members.length);
  expect(signerFace('brandnew').text).toContain('brandnew');
  expect(troubleWords({ code: 'brandnew', subject: 'x' })).toMatch(/brandnew.*x/);
});

it('names commands beside the one that shows a session, in the same data directory', () => {
  const secondSurface = 'everwatchd vault session 5e --data-dir /d/x';
  expect(approveCommand({ secondSurface })).toBe('everwatchd vault approve 5e --data-dir /d/x --words "…"');
  expect(resultCommand({ secondSurface })).toBe('everwatchd vault result 5e --data-dir /d/x');
});
