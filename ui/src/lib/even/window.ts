// Which part of a long list is on the screen and which pages of it are needed. Pure.

export interface Window {
  /** First row drawn. */
  first: number;
  /** The row after the last one drawn. */
  end: number;
}

/** The rows in view with `over` more above and below, so that scrolling and the keys find the next one. */
export function visible(top: number, height: number, row: number, count: number, over: number): Window {
  if (row <= 0 || count <= 0) return { first: 0, end: 0 };
  const first = Math.max(0, Math.min(count - 1, Math.floor(top / row)) - over);
  const end = Math.min(count, Math.ceil((top + Math.max(0, height)) / row) + over);
  return { first, end: Math.max(end, Math.min(count, first + 1)) };
}

/** Numbers of the pages that hold these rows. */
export function pagesOf({ first, end }: Window, size: number): number[] {
  if (end <= first) return [];
  const from = Math.floor(first / size);
  return Array.from({ length: Math.floor((end - 1) / size) - from + 1 }, (_, i) => from + i);
}
