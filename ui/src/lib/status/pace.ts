// How fast things usually go: the gap between batches, and how long catching up will take. Pure.

const GAP_MS_MIN = 15_000;
const SAMPLES_MAX = 60;

/** The usual time between two verified batches: the median gap of the newest ones; null with fewer than three. */
export function usualGap(verifiedMs: number[]): number | null {
  const times = [...verifiedMs].sort((a, b) => a - b);
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? time));
  if (gaps.length < 2) return null;
  gaps.sort((a, b) => a - b);
  return Math.max(GAP_MS_MIN, gaps[Math.floor(gaps.length / 2)] ?? GAP_MS_MIN);
}

/** Older than twice the usual gap. Unknown is not late. */
export function isLate(ageMs: number, gapMs: number | null): boolean {
  return gapMs !== null && ageMs > 2 * gapMs;
}

interface Sample {
  atMs: number;
  done: number;
}

/** Watches progress and tells the time that is left at the pace so far. */
export class Pace {
  #samples: Sample[] = [];

  /** Notes progress; returns the milliseconds left, null while not known. */
  note(atMs: number, done: number, left: number): number | null {
    const last = this.#samples.at(-1);
    if (last !== undefined && done < last.done) this.#samples = [];
    if (last === undefined || done > last.done) this.#samples.push({ atMs, done });
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
    const first = this.#samples[0];
    if (first === undefined || done <= first.done || atMs <= first.atMs) return null;
    return (left * (atMs - first.atMs)) / (done - first.done);
  }
}
