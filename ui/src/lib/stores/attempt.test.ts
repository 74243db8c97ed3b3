import { expect, it } from 'vitest';
import { CommandFailure, LinkLost } from '$lib/platform/errors';
import { Attempt } from './attempt.svelte';

const words = (code: string) => `said ${code}`;

it('says in words what was refused, and forgets it with the next try', async () => {
  const attempt = new Attempt(words);
  expect(await attempt.run(() => Promise.reject(new CommandFailure('locked', '')))).toBe(false);
  expect([attempt.code, attempt.refused, attempt.busy]).toEqual(['locked', 'said locked', false]);
  expect(await attempt.run(() => Promise.resolve())).toBe(true);
  expect([attempt.code, attempt.refused]).toEqual([null, '']);
});

it('takes anything that is no answer for a lost link', async () => {
  const attempt = new Attempt(words);
  await attempt.run(() => Promise.reject(new LinkLost()));
  expect(attempt.code).toBe('link_lost');
});

it('does one thing at a time', async () => {
  const attempt = new Attempt(words);
  let finish = () => {};
  const first = attempt.run(() => new Promise<void>((resolve) => (finish = resolve)));
  let ran = false;
  expect(await attempt.run(async () => (ran = true))).toBe(false);
  expect([ran, attempt.busy]).toEqual([false, true]);
  finish();
  expect(await first).toBe(true);
  expect(attempt.busy).toBe(false);
});
