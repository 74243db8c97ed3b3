// The last hour as marks: heights, the lane of the sources, the worst minute in words. Pure.

import type { Minute } from '$lib/api';

export type LaneMark = 'agree' | 'late' | 'disagree' | 'silent' | 'notWatching';

const RANK: Record<LaneMark, number> = { disagree: 4, silent: 3, late: 2, agree: 1, notWatching: 0 };

export function laneMark(minute: Minute): LaneMark {
  const known = Object.keys(RANK).find((mark) => mark === minute.sources);
  return (known as LaneMark | undefined) ?? 'notWatching';
}

/** Height of each bar as a share of the highest. */
export function heights(minutes: Minute[]): number[] {
  const max = Math.max(1, ...minutes.map((minute) => minute.verified));
  return minutes.map((minute) => minute.verified / max);
}

export interface Worst {
  index: number;
  kind: 'alert' | 'disagree' | 'silent' | 'late';
}

/** The worst thing of the hour, the newest of equals; null when nothing stands out. */
export function worstMinute(minutes: Minute[]): Worst | null {
  const alert = minutes.findLastIndex((minute) => minute.alerts > 0);
  if (alert >= 0) return { index: alert, kind: 'alert' };
  for (const kind of ['disagree', 'silent', 'late'] as const) {
    const index = minutes.findLastIndex((minute) => laneMark(minute) === kind);
    if (index >= 0) return { index, kind };
  }
  return null;
}
