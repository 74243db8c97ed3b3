// Short confirmations of what the person just did. Never for alerts, never for a failure that needs a step.

export interface Toast {
  id: number;
  text: string;
}

const STAY_MS = 6_000;
const TOASTS_MAX = 3;

class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  say(text: string): void {
    const id = this.#next++;
    this.list = [...this.list, { id, text }].slice(-TOASTS_MAX);
    this.resume(id);
  }

  dismiss(id: number): void {
    this.pause(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Stops the time while it is being read. */
  pause(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  resume(id: number): void {
    this.pause(id);
    if (!this.list.some((toast) => toast.id === id)) return;
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), STAY_MS),
    );
  }
}

export const toasts = new Toasts();
