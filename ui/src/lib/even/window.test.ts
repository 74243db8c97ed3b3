import { describe, expect, it } from 'vitest';
import { pagesOf, visible } from './window';

describe('the window over a long list', () => {
  it('holds what is seen and some rows round it', () => {
    expect(visible(3_200, 640, 32, 10_000, 10)).toEqual({ first: 90, end: 130 });
  });
  it('ends at both ends of the list', () => {
    expect(visible(0, 640, 32, 10_000, 10)).toEqual({ first: 0, end: 30 });
    expect(visible(319_360, 640, 32, 10_000, 10)).toEqual({ first: 9_970, end: 10_000 });
    expect(visible(0, 640, 32, 3, 10)).toEqual({ first: 0, end: 3 });
  });
  it('stays inside a list that became shorter', () => {
    expect(visible(319_360, 640, 32, 5, 10)).toEqual({ first: 0, end: 5 });
  });
  it('is empty for an empty list and before anything is measured', () => {
    expect(visible(0, 640, 32, 0, 10)).toEqual({ first: 0, end: 0 });
    expect(visible(0, 0, 0, 9, 10)).toEqual({ first: 0, end: 0 });
  });
  it('shows something before its height is known', () => {
    expect(visible(0, 0, 32, 50, 0)).toEqual({ first: 0, end: 1 });
  });
  it('needs the pages that it touches', () => {
    expect(pagesOf({ first: 90, end: 130 }, 100)).toEqual([0, 1]);
    expect(pagesOf({ first: 100, end: 200 }, 100)).toEqual([1]);
    expect(pagesOf({ first: 0, end: 0 }, 100)).toEqual([]);
  });
});
