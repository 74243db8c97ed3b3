import { expect, it } from 'vitest';
import { collect } from './collect';

const pages = (rows: number[][]) => (cursor: string | null) => {
  const i = Number(cursor ?? 0);
  return Promise.resolve({ rows: rows[i] ?? [], cursor: i + 1 < rows.length ? String(i + 1) : null });
};

it('takes every page once and a row that moved between two pages once', async () => {
  expect(await collect(pages([[1, 2], [2, 3], [4]]), String)).toEqual({ rows: [1, 2, 3, 4], whole: true });
});

it('stops at the bound and says so', async () => {
  expect(
    await collect(
      pages([
        [1, 2],
        [3, 4],
      ]),
      String,
      3,
    ),
  ).toEqual({ rows: [1, 2, 3], whole: false });
});

it('says that nothing is missing when the bound is just reached', async () => {
  expect(await collect(pages([[1], [2]]), String, 2)).toEqual({ rows: [1, 2], whole: true });
});

it('gives up on a list that never ends', async () => {
  const endless = () => Promise.resolve({ rows: [7], cursor: 'again' });
  expect(await collect(endless, String)).toEqual({ rows: [7], whole: false });
});

it('passes on what a page fails with', async () => {
  await expect(collect(() => Promise.reject(new Error('lost')), String)).rejects.toThrow('lost');
});
