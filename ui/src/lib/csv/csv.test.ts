import { describe, expect, it } from 'vitest';
import { csvAmount, csvName, csvTime, toCsv } from './csv';

const cell = (value: string | number | null) => toCsv(['a'], [[value]]).split('\r\n')[1];

describe('a table as text', () => {
  it('ends each line with CR LF and keeps empty cells', () => {
    expect(
      toCsv(
        ['a', 'b'],
        [
          ['1', null],
          [2, true],
        ],
      ),
    ).toBe('a,b\r\n1,\r\n2,true\r\n');
  });

  it.each([
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    [' edge', '" edge"'],
    ['中文', '中文'],
  ])('quotes %j where it must', (text, field) => expect(cell(text)).toBe(field));

  it.each(['=1+1', '+1+1', '-2+3', '@SUM(A1)', '＝1', ' =1', '-', '--1', '-1e5', '=cmd|" /C calc"!A0'])(
    'never lets %j be a formula',
    (text) => expect(cell(text)?.replace(/^"/, '')).toMatch(/^'/),
  );

  it('looks through white space and lines in front of a formula', () => {
    expect(toCsv(['a'], [['\t=1']])).toBe('a\r\n"\'\t=1"\r\n');
    expect(toCsv(['a'], [['\n=1']])).toBe('a\r\n"\'\n=1"\r\n');
  });

  it.each(['-5', '-0.25', '17'])('leaves the number %s a number', (text) => expect(cell(text)).toBe(text));

  it('writes amounts with all decimals, without floats', () => {
    expect(csvAmount('1', 18)).toBe('0.000000000000000001');
    expect(csvAmount('-1234500', 6)).toBe('-1.234500');
    expect(csvAmount('12', 0)).toBe('12');
    expect(csvAmount('12', null)).toBe('12');
    expect(csvAmount(null, 6)).toBeNull();
  });

  it('writes instants in UTC and leaves out what has none', () => {
    expect(csvTime(Date.UTC(2026, 10, 21, 17, 0, 1, 5))).toBe('2026-11-21T17:00:01.005Z');
    expect(csvTime(0)).toBeNull();
    expect(csvName('burns', Date.UTC(2026, 10, 21))).toBe('everwatch-burns-2026-11-21.csv');
  });
});
