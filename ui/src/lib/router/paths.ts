// Every view has an address. Addresses live in the fragment, so that both shells serve one file and back works alike.

export type Route =
  | { place: 'overview'; account: string | null }
  | { place: 'wallet'; tab: 'deposit'; query: DepositQuery }
  | { place: 'wallet'; tab: 'withdrawals'; query: WithdrawalQuery }
  | { place: 'explorer'; tab: 'transactions'; filter: Query; hash: string | null }
  | { place: 'explorer'; tab: 'batches'; batch: string | null }
  | { place: 'watch'; tab: 'vaults' }
  | { place: 'alerts'; key: string | null }
  | { place: 'settings' };

export type Place = Route['place'];

export interface Query {
  account: string | null;
  action: string | null;
  verdict: string | null;
}

export const NO_FILTER: Query = { account: null, action: null, verdict: null };

/** Where to deposit and which deposits are listed. */
export interface DepositQuery {
  chain: string | null;
  /** Tag of the token. */
  token: string | null;
  account: string | null;
  /** Only what cannot be credited to anybody. */
  stranded: boolean;
}

export const NO_DEPOSIT: DepositQuery = { chain: null, token: null, account: null, stranded: false };

export interface WithdrawalQuery {
  account: string | null;
  /** Paid ones too, not only those that wait. */
  all: boolean;
}

export const WAITING: WithdrawalQuery = { account: null, all: false };

/** Reads a fragment; anything unknown is the Overview. */
export function parseRoute(fragment: string): Route {
  const [path = '', search = ''] = fragment.replace(/^#/, '').split('?', 2);
  const query = new URLSearchParams(search);
  const [place, second, third] = path.split('/').filter(Boolean).map(decode);
  switch (place) {
    case 'wallet':
      if (second === 'withdrawals')
        return { place, tab: second, query: { account: query.get('account'), all: query.has('all') } };
      return {
        place,
        tab: 'deposit',
        query: {
          chain: query.get('chain'),
          token: query.get('token'),
          account: query.get('account'),
          stranded: query.has('stranded'),
        },
      };
    case 'watch':
      return { place, tab: 'vaults' };
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

function withQuery(path: string, entries: Record<string, string | boolean | null>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(entries))
    if (value) query.set(name, value === true ? '1' : value);
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
  deposit: (query: Partial<DepositQuery> = {}) => withQuery('#/wallet/deposit', { ...NO_DEPOSIT, ...query }),
  withdrawals: (query: WithdrawalQuery = WAITING) => withQuery('#/wallet/withdrawals', { ...query }),
  vaults: () => '#/watch/vaults',
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
