// All alerts, for the whole page: the card on the Overview, the badge on the rail, the list. Fed by events.

import { call } from '$lib/api';
import type { AlertRow } from '$lib/api';
import { orderAlerts } from '$lib/alerts/order';
import { core } from './core.svelte';
import { Resource } from './resource.svelte';

class Alerts {
  readonly list = new Resource<AlertRow[]>(async () => orderAlerts((await call('alerts', {})).rows));
  /** Grows with each change, so that an open detail knows that it must ask again. */
  changes = $state(0);

  get open(): AlertRow[] {
    return (this.list.value ?? []).filter((row) => !row.closed);
  }

  get closed(): AlertRow[] {
    return (this.list.value ?? []).filter((row) => row.closed);
  }

  /** The worst open critical alert, if there is one. */
  get worst(): AlertRow | null {
    return this.open.find((row) => row.severity === 'critical') ?? null;
  }

  start(): () => void {
    const ends = [
      core.on('reload', () => {
        this.changes += 1;
        void this.list.reload();
      }),
      core.on('alert', (row) => this.put(row)),
    ];
    return () => ends.forEach((end) => end());
  }

  /** A row was raised or changed. */
  put(row: AlertRow): void {
    const others = (this.list.value ?? []).filter((other) => other.key !== row.key);
    this.list.value = orderAlerts([row, ...others]);
    this.changes += 1;
  }
}

export const alerts = new Alerts();
