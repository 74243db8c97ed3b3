import { describe, expect, it } from 'vitest';
import { clamp, decades, decadesAround, linear, logarithmic } from './scale';

describe('scales', () => {
  it('place values by their distance', () => {
    const x = linear([-1, 1], [0, 200]);
    expect([x(-1), x(0), x(0.5)]).toEqual([0, 100, 150]);
    expect(x.domain).toEqual([-1, 1]);
  });

  it('may run backwards, as the height of a chart does', () => {
    expect(linear([0, 1], [120, 0])(0.25)).toBe(90);
  });

  it('put a domain without extent in the middle', () => expect(linear([3, 3], [0, 10])(3)).toBe(5));

  it('place values by their factor', () => {
    const y = logarithmic([0.001, 1], [300, 0]);
    expect(y(0.01)).toBeCloseTo(200);
    expect(y(1)).toBeCloseTo(0);
  });

  it('mark the powers of ten', () => {
    expect(decades([0.001, 1])).toEqual([0.001, 0.01, 0.1, 1]);
    expect(decades([0.002, 0.5])).toEqual([0.01, 0.1]);
    expect(decades([0.02, 0.05])).toEqual([]);
  });

  it('reach round all values, but not over more decades than are wanted', () => {
    expect(decadesAround([0.004, 0.2], 6)).toEqual([0.001, 1]);
    expect(decadesAround([1e-12, 0.2], 4)[0]).toBeCloseTo(1e-4, 10);
    expect(decadesAround([0.01], 4)).toEqual([0.001, 0.01]);
    expect(decadesAround([0, -1], 4)).toEqual([0.1, 1]);
  });

  it('keep a mark on the chart', () => expect([clamp(-9, [-1, 1]), clamp(0.2, [-1, 1])]).toEqual([-1, 0.2]));
});
