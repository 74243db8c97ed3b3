import { expect, it } from 'vitest';
import { addressGroups } from './address';

const ADDRESS = '0x38741a69785e84399Fcf7c5Ad61D572f7eCb1dAB';

it('cuts the address into groups of four without losing a letter', () => {
  const { prefix, groups } = addressGroups(ADDRESS);
  expect(prefix).toBe('0x');
  expect(groups).toHaveLength(10);
  expect(prefix + groups.map((group) => group.text).join('')).toBe(ADDRESS);
});

it('makes the first and the last two groups strong', () => {
  const strong = addressGroups(ADDRESS).groups.filter((group) => group.strong);
  expect(strong.map((group) => group.text)).toEqual(['3874', '1a69', '7eCb', '1dAB']);
});

it('takes lengths that are no multiple of four', () => {
  const text = 'dQzTM9hXV5MD1fRniOKI3MvPF_-8b2XDLmpfcMN9hi8';
  expect(
    addressGroups(text)
      .groups.map((group) => group.text)
      .join(''),
  ).toBe(text);
  expect(addressGroups('').groups).toEqual([]);
});
