import { describe, expect, it } from 'vitest';
import {
  formatAbsolute,
  formatAge,
  formatClock,
  formatCountdown,
  formatDuration,
  formatLatency,
} from './time';

const NOW = Date.UTC(2026, 10, 20, 14, 31, 7);
const ago = (ms: number, locale: 'en' | 'zh-Hans') => formatAge(NOW - ms, NOW, locale);
const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;

describe('formatAge', () => {
  it.each([
    [0, '0 s ago', '0 秒前'],
    [4 * S, '4 s ago', '4 秒前'],
    [59_999, '59 s ago', '59 秒前'],
    [6 * MIN, '6 min ago', '6 分钟前'],
    [59 * MIN + 59 * S, '59 min ago', '59 分钟前'],
    [2 * H, 'today, 12:31', '今天 12:31'],
    [20 * H, 'yesterday, 18:31', '昨天 18:31'],
    [66 * H, '17 Nov, 20:31', '11月17日 20:31'],
  ])('%d ms', (ms, en, zh) => {
    expect(ago(ms, 'en')).toBe(en);
    expect(ago(ms, 'zh-Hans')).toBe(zh);
  });

  it('names the year where it differs', () => {
    const then = Date.UTC(2025, 10, 17, 20, 31);
    expect(formatAge(then, NOW, 'en')).toBe('17 Nov 2025, 20:31');
    expect(formatAge(then, NOW, 'zh-Hans')).toBe('2025年11月17日 20:31');
  });

  it('does not name the future', () => {
    expect(ago(-5 * S, 'en')).toBe('0 s ago');
  });
});

describe('durations', () => {
  it.each([
    [38 * S, '38 s', '38 秒'],
    [88 * S, '1 min 28 s', '1 分 28 秒'],
    [9 * MIN, '9 min', '9 分钟'],
    [2 * H + 5 * MIN, '2 h 5 min', '2 小时 5 分钟'],
    [76 * H, '3 d 4 h', '3 天 4 小时'],
  ])('%d ms', (ms, en, zh) => {
    expect(formatDuration(ms, 'en')).toBe(en);
    expect(formatDuration(ms, 'zh-Hans')).toBe(zh);
  });

  it('keeps tenths of short latencies', () => {
    expect(formatLatency(3_149, 'en')).toBe('3.1 s');
    expect(formatLatency(420, 'en')).toBe('420 ms');
    expect(formatLatency(90_000, 'en')).toBe('1 min 30 s');
  });
});

it.each([
  [0, '0:00'],
  [-5, '0:00'],
  [1, '0:01'],
  [59_000, '0:59'],
  [702_000, '11:42'],
  [3_909_000, '1:05:09'],
])('counts %i ms down as %s', (ms, text) => expect(formatCountdown(ms)).toBe(text));

it('gives clock and absolute time with UTC beside it', () => {
  expect(formatClock(NOW, 'en')).toBe('14:31');
  expect(formatClock(NOW, 'en', true)).toBe('14:31:07');
  expect(formatAbsolute(NOW, 'en')).toContain('(2026-11-20 14:31:07 UTC)');
});
