// From values to places on a chart. Pure. (`d3-scale` is not used: it loads `d3-color`, which writes to a property that the
// desktop window's frozen prototypes forbid.)

export interface Scale {
  (value: number): number;
  /** The least and the greatest value that is drawn. */
  readonly domain: readonly [number, number];
}

/** Equal steps of the value are equal distances. A domain without extent falls on the middle. */
export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, to] = domain;
  const [start, end] = range;
  const place = (value: number) =>
    to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start);
  return Object.assign(place, { domain });
}

/** Equal factors are equal distances; for values above 0. */
export function logarithmic(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const along = linear([Math.log10(domain[0]), Math.log10(domain[1])], range);
  return Object.assign((value: number) => along(Math.log10(value)), { domain });
}

/** The powers of ten inside a domain, ascending. */
export function decades([from, to]: readonly [number, number]): number[] {
  const first = Math.ceil(Math.log10(from) - 1e-9);
  const last = Math.floor(Math.log10(to) + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => 10 ** (first + i));
}

/** Whole decades round the positive values, never more than `most` of them: the greatest are kept. */
export function decadesAround(values: readonly number[], most: number): [number, number] {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  if (positive.length === 0) return [0.1, 1];
  const top = Math.ceil(Math.log10(positive.reduce((a, b) => Math.max(a, b))) - 1e-9);
  const low = Math.floor(Math.log10(positive.reduce((a, b) => Math.min(a, b))) + 1e-9);
  return [10 ** Math.max(Math.min(low, top - 1), top - most), 10 ** top];
}

/** The value inside the domain that is nearest. */
export function clamp(value: number, [from, to]: readonly [number, number]): number {
  return Math.min(to, Math.max(from, value));
}
