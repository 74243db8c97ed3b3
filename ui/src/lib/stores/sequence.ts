// Watches the numbers of the event stream. Numbers are consecutive; a hole means that something was missed and that
// everything shown must be loaded anew.

export type Arrival = 'next' | 'gap' | 'old';

export class Sequence {
  #last: number | null = null;

  /** Judges an event's number. After a gap the stream goes on from there. */
  arrive(seq: number): Arrival {
    const last = this.#last;
    if (last !== null && seq <= last) return 'old';
    this.#last = seq;
    return last === null || seq === last + 1 ? 'next' : 'gap';
  }

  /** The stream was opened anew: the next number is taken as it comes. */
  reset(): void {
    this.#last = null;
  }
}
