import type { AlertRow } from '$lib/api';

/** Open first, worst first, newest first. */
export function orderAlerts(rows: AlertRow[]): AlertRow[] {
  const rank = (row: AlertRow) => (row.closed ? 2 : 0) + (row.severity === 'critical' ? 0 : 1);
  return [...rows].sort((a, b) => rank(a) - rank(b) || b.raisedMs - a.raisedMs);
}
