import { describe, expect, it } from 'vitest';
import { joinNewest } from './newest';

const MAX = 100;
const page = (names: string, cursor: string | null = 'more') => ({ rows: names.split(''), cursor });

/** Rows are letters; `a` is the oldest. */
function check(shown: string, fresh: string, rows: string, added: number, cursor: string | null) {
  const joined = joinNewest(page(shown, 'old'), page(fresh, 'new'), (row) => row, MAX);
  expect(joined.rows.join('')).toBe(rows);
  expect(joined.added).toBe(added);
  expect(joined.cursor).toBe(cursor);
}

describe('joinNewest', () => {
  it('puts new rows on top and keeps older ones', () => check('fedcba', 'hgfe', 'hgfedcba', 2, 'old'));
  it('replaces all when a hole would be left', () => check('cba', 'zyx', 'zyx', 3, 'new'));
  it('starts with the first page', () => check('', 'cba', 'cba', 3, 'new'));
  it('changes nothing when nothing is new', () => check('dcba', 'dc', 'dcba', 0, 'old'));
  it('drops rows that the core threw away', () => check('fedcba', 'gdc', 'gdcba', 1, 'old'));
  it('takes the fresh cursor when nothing lies below', () => check('cba', 'dcba', 'dcba', 1, 'new'));

  it('falls back to one page when the list grows too long', () => {
    const joined = joinNewest(page('dcba', 'old'), page('edc', 'new'), (row) => row, 4);
    expect(joined).toEqual({ rows: ['e', 'd', 'c'], cursor: 'new', added: 1 });
  });

  it('takes the fresh form of a known row', () => {
    const joined = joinNewest(
      { rows: [{ id: 1, confirmed: false }], cursor: null },
      { rows: [{ id: 1, confirmed: true }], cursor: null },
      (row) => String(row.id),
      MAX,
    );
    expect(joined.rows).toEqual([{ id: 1, confirmed: true }]);
  });
});
