import { describe, expect, it } from 'vitest';
import { ALL_NODES } from '$lib/router/paths';
import { isFiltered, nodesRequest, sortedBy, sortOf } from './query';

describe('the question behind the table', () => {
  it('is the heaviest first unless told otherwise', () => {
    expect(nodesRequest(ALL_NODES, 200, 100)).toEqual({
      sort: 'weight',
      ascending: false,
      text: null,
      state: null,
      watched: false,
      offset: 200,
      limit: 100,
    });
  });
  it('never carries foreign words from an address', () => {
    const asked = nodesRequest({ ...ALL_NODES, sort: 'drop table', state: 'odd' }, 0, 1);
    expect([asked.sort, asked.state]).toEqual(['weight', null]);
  });
  it('turns round on a second press and starts anew on another column', () => {
    const once = sortedBy(ALL_NODES, 'rating');
    expect(nodesRequest(once, 0, 1).ascending).toBe(false);
    const twice = sortedBy(once, 'rating');
    expect(nodesRequest(twice, 0, 1).ascending).toBe(true);
    expect(sortedBy(twice, 'stake')).toEqual({ ...ALL_NODES, sort: 'stake' });
    expect(sortOf(sortedBy(twice, 'weight'))).toBe('weight');
  });
  it('begins names with A', () => {
    expect(nodesRequest(sortedBy(ALL_NODES, 'label'), 0, 1).ascending).toBe(true);
  });
  it('knows when something is left out', () => {
    expect(isFiltered(ALL_NODES)).toBe(false);
    expect(isFiltered({ ...ALL_NODES, watched: true })).toBe(true);
  });
});
