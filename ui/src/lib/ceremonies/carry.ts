// Messages that a person carries: the file's name, the next code of a series. Pure.

/** A plain name of letters, digits and dashes: the shell asks where it goes. */
export function carriedName(number: number): string {
  return `everwatch-for-member-${number}.txt`;
}

/** The place that follows in a series that goes round. */
export function following(at: number, by: number, length: number): number {
  return length === 0 ? 0 : (at + by + length) % length;
}
