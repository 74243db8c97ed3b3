import { describe, expect, it } from 'vitest';
import { choose, COLUMNS, isChosen } from './columns';
import { SORTS } from './query';

describe('columns of the rating table', () => {
  it('offer everything that the core sorts by', () => {
    expect(COLUMNS.map(({ key }) => key).sort()).toEqual([...SORTS].sort());
  });
  it('can be put in and taken out, in the order of the table', () => {
    const more = choose('capacity', true, null);
    expect(more.at(-1)).toBe('capacity');
    expect(choose('rating', true, choose('rating', false, more))).toEqual(more);
  });
  it('always keep the name, whatever was stored', () => {
    expect(isChosen('label', [])).toBe(true);
    expect(isChosen('rating', ['odd'])).toBe(false);
  });
});
