// The one clock of the page: the core's time plus what has passed here since. All ages on all pages agree.

const TICK_MS = 1_000;
const TICK_MS_REDUCED = 5_000;

class Clock {
  /** Unix ms by the core's clock; advances once a second (every five when motion is reduced). */
  now = $state(Date.now());
  #offset = Date.now() - performance.now();

  /** The core said what time it is. */
  set(coreMs: number): void {
    this.#offset = coreMs - performance.now();
    this.now = coreMs;
  }

  /** The time right now, also between two ticks. */
  read(): number {
    return Math.round(this.#offset + performance.now());
  }

  /** Starts ticking; returns the function that stops it. */
  start(): () => void {
    const reduced = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const timer = setInterval(() => (this.now = this.read()), reduced ? TICK_MS_REDUCED : TICK_MS);
    return () => clearInterval(timer);
  }
}

export const clock = new Clock();
