import { expect, it } from 'vitest';
import { askedPlaces, dice, plainPhrase, wordChecks } from './phrase';

it('asks for different places, in their order', () => {
  expect(askedPlaces(12, 3, () => 0)).toEqual([1, 2, 3]);
  expect(askedPlaces(12, 3, (end) => end - 1)).toEqual([10, 11, 12]);
  for (let round = 0; round < 200; round += 1) {
    const places = askedPlaces(24);
    expect(new Set(places).size).toBe(3);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    expect(places.every((place) => place >= 1 && place <= 24)).toBe(true);
  }
});

it('reaches every place', () => {
  const seen = new Set<number>();
  for (let round = 0; round < 2_000; round += 1) for (const place of askedPlaces(12)) seen.add(place);
  expect(seen.size).toBe(12);
});

it('rolls within its bounds', () => {
  for (let round = 0; round < 500; round += 1) expect(dice(3)).toBeLessThan(3);
});

it('compares words without their case and gaps', () => {
  expect(wordChecks([2, 9], [' Engage ', 'BUTTER'])).toEqual([
    { place: 2, word: 'engage' },
    { place: 9, word: 'butter' },
  ]);
  expect(plainPhrase('  Engage\n butter\tfilm ')).toBe('engage butter film');
});
