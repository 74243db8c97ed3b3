import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// Recomputes the contrast of every colour from tokens.css, in both themes, over all grounds it may stand on.

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
type Theme = 'light' | 'dark';
const colours: Record<Theme, Map<string, string>> = { light: new Map(), dark: new Map() };
for (const [, name, light, dark] of css.matchAll(/--([\w-]+):\s*light-dark\((#\w{6}),\s*(#\w{6})\)/g)) {
  if (name === undefined || light === undefined || dark === undefined) continue;
  colours.light.set(name, light);
  colours.dark.set(name, dark);
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ['surface', 'canvas', 'raised', 'sunken'];
const SOFT = ['accent-soft', 'verified-soft', 'wait-soft', 'attention-soft', 'danger-soft', 'claim-soft'];

function lowest(theme: Theme, name: string, grounds: string[]): number {
  const of = (token: string) => {
    const value = colours[theme].get(token);
    if (value === undefined) throw new Error(`no token ${token}`);
    return value;
  };
  return Math.min(...grounds.map((ground) => contrast(of(name), of(ground))));
}

/** [token, grounds, least in light, least in dark], as the visual language fixes them. */
const TABLE: [string, string[], number, number][] = [
  ['line-strong', GROUNDS, 3.3, 4.0],
  ['ink', [...GROUNDS, ...SOFT], 15.3, 12.4],
  ['ink-2', [...GROUNDS, ...SOFT], 6.9, 7.3],
  ['ink-3', [...GROUNDS, ...SOFT], 4.7, 5.0],
  ['accent', [...GROUNDS, 'accent-soft'], 5.6, 6.7],
  ['on-accent', ['accent'], 6.5, 8.5],
  ['accent-hover', GROUNDS, 7.2, 9.5],
  ['verified', [...GROUNDS, 'verified-soft'], 5.3, 7.4],
  ['wait', [...GROUNDS, 'wait-soft'], 5.4, 7.5],
  ['attention', [...GROUNDS, 'attention-soft'], 5.5, 8.1],
  ['danger', [...GROUNDS, 'danger-soft'], 5.6, 7.0],
  ['on-danger', ['danger-fill'], 6.6, 5.2],
  ['claim', [...GROUNDS, 'claim-soft'], 5.5, 7.9],
  ['series-k', GROUNDS, 4.8, 7.7],
  ['series-s', GROUNDS, 4.9, 6.9],
];

describe('tokens.css', () => {
  it('has both themes for every colour', () => {
    expect(colours.light.size).toBe(css.match(/light-dark\(#/g)?.length);
    expect([...TABLE.map(([name]) => name), ...GROUNDS, ...SOFT, 'line', 'danger-fill'].sort()).toEqual(
      [...colours.dark.keys()].sort(),
    );
  });

  describe.each(['light', 'dark'] as const)('%s', (theme) => {
    it.each(TABLE)('%s keeps its contrast', (name, grounds, light, dark) => {
      const least = theme === 'light' ? light : dark;
      // The table is rounded to one decimal; a colour that moved must move its row too.
      expect(Math.abs(lowest(theme, name, grounds) - least)).toBeLessThanOrEqual(0.051);
    });

    it('gives text 4.5 and borders 3', () => {
      for (const [name, grounds] of TABLE)
        expect(lowest(theme, name, grounds), name).toBeGreaterThanOrEqual(name === 'line-strong' ? 3 : 4.5);
    });
  });
});
