// Every view has an address. Addresses live in the fragment, so that both shells serve one file and back works alike.

export type Route =
  | { place: 'overview'; account: string | null }
  | { place: 'explorer'; tab: 'transactions'; filter: Query; hash: string | null }
  | { place: 'explorer'; tab: 'batches'; batch: string | null }
  | { place: 'alerts'; key: string | null }
  | { place: 'settings' };

export type Place = Route['place'];

export interface Query {
  account: string | null;
  action: string | null;
  verdict: string | null;
}

export const NO_FILTER: Query = { account: null, action: null, verdict: null };

/** Reads a fragment; anything unknown is the Overview. */
export function parseRoute(fragment: string): Route {
  const [path = '', search = ''] = fragment.replace(/^#/, '').split('?', 2);
  const query = new URLSearchParams(search);
  const [place, second, third] = path.split('/').filter(Boolean).map(decode);
  switch (place) {
    case 'explorer':
      if (second === 'batches') return { place, tab: 'batches', batch: third ?? null };
      return {
        place,
        tab: 'transactions',
        hash: second === 'transaction' ? (third ?? null) : null,
        filter: { account: query.get('account'), action: query.get('action'), verdict: query.get('verdict') },
      };
    case 'alerts':
      return { place, key: second ?? null };
    case 'settings':
      return { place };
    default:
      return { place: 'overview', account: query.get('account') };
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function withQuery(path: string, entries: Record<string, string | null>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(entries)) if (value) query.set(name, value);
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

export const to = {
  overview: (account: string | null = null) => withQuery('#/', { account }),
  explorer: (filter: Query = NO_FILTER) => withQuery('#/explorer', { ...filter }),
  transaction: (hash: string, filter: Query = NO_FILTER) =>
    withQuery(`#/explorer/transaction/${encodeURIComponent(hash)}`, { ...filter }),
  batches: (batch: number | string | null = null) =>
    batch === null ? '#/explorer/batches' : `#/explorer/batches/${encodeURIComponent(batch)}`,
  alerts: (key: string | null = null) => (key === null ? '#/alerts' : `#/alerts/${encodeURIComponent(key)}`),
  settings: () => '#/settings',
};

/** Where Esc leads: the list that holds the detail; null where there is no detail. */
export function parentOf(route: Route): string | null {
  if (route.place === 'explorer' && route.tab === 'transactions' && route.hash !== null)
    return to.explorer(route.filter);
  if (route.place === 'explorer' && route.tab === 'batches' && route.batch !== null) return to.batches();
  if (route.place === 'alerts' && route.key !== null) return to.alerts();
  return null;
}
