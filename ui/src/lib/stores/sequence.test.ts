import { describe, expect, it } from 'vitest';
import { Sequence } from './sequence';

/** Feeds numbers and tells what became of each. */
function check(numbers: number[], expected: string[]) {
  const sequence = new Sequence();
  expect(numbers.map((seq) => sequence.arrive(seq))).toEqual(expected);
}

describe('Sequence', () => {
  it('takes the first number as it comes', () => check([41], ['next']));
  it('follows consecutive numbers', () => check([7, 8, 9], ['next', 'next', 'next']));
  it('sees a hole once and goes on from there', () => check([1, 2, 5, 6], ['next', 'next', 'gap', 'next']));
  it('drops repeats and late ones', () => check([3, 3, 2, 4], ['next', 'old', 'old', 'next']));

  it('takes any number after the stream was opened anew', () => {
    const sequence = new Sequence();
    sequence.arrive(900);
    sequence.reset();
    expect(sequence.arrive(1)).toBe('next');
    expect(sequence.arrive(2)).toBe('next');
  });
});
