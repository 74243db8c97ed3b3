// Every view has an address. Addresses live in the fragment, so that both shells serve one file and back works alike.

export type Route =
  | { place: 'overview'; account: string | null }
  | { place: 'wallet'; tab: 'deposit'; query: DepositQuery }
  | { place: 'wallet'; tab: 'withdrawals'; query: WithdrawalQuery; hash: string | null }
  | { place: 'wallet'; tab: 'withdraw'; account: string | null }
  | { place: 'wallet'; tab: 'accounts' }
  | { place: 'explorer'; tab: 'transactions'; filter: Query; hash: string | null }
  | { place: 'explorer'; tab: 'batches'; batch: string | null }
  | { place: 'watch'; tab: 'payouts'; query: PayoutQuery; hash: string | null }
  | { place: 'watch'; tab: 'session'; id: string }
  | { place: 'watch'; tab: 'ceremonies'; id: string | null; inviting: boolean }
  | { place: 'watch'; tab: 'keys'; group: string | null }
  | { place: 'watch'; tab: 'vaults' | 'policy' | 'watchmen' | 'setup' }
  | { place: 'alerts'; key: string | null }
  | { place: 'even'; tab: 'rating'; query: EvenQuery; node: string | null; trying: boolean }
  | { place: 'even'; tab: 'network' }
  | { place: 'even'; tab: 'messages'; node: string | null; id: string | null }
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

/** Which payouts are listed. */
export interface PayoutQuery {
  chain: string | null;
  /** Tag of the token. */
  token: string | null;
  /** Part of an everHash or a recipient. */
  text: string | null;
}

export const ALL_PAYOUTS: PayoutQuery = { chain: null, token: null, text: null };

/** Which EVEN nodes are listed and in what order. */
export interface EvenQuery {
  /** Part of a name or a node id. */
  text: string | null;
  state: string | null;
  /** Only those on the watch-list. */
  watched: boolean;
  /** The column; null is the weight. */
  sort: string | null;
  /** Against the column's usual direction. */
  reversed: boolean;
}

export const ALL_NODES: EvenQuery = {
  text: null,
  state: null,
  watched: false,
  sort: null,
  reversed: false,
};

/** No ceremony has this id: the invitation that is being written. */
const NEW = 'new';

/** Reads a fragment; anything unknown is the Overview. */
export function parseRoute(fragment: string): Route {
  const [path = '', search = ''] = fragment.replace(/^#/, '').split('?', 2);
  const query = new URLSearchParams(search);
  const [place, second, third] = path.split('/').filter(Boolean).map(decode);
  switch (place) {
    case 'wallet':
      if (second === 'withdrawals')
        return {
          place,
          tab: second,
          query: { account: query.get('account'), all: query.has('all') },
          hash: third ?? null,
        };
      if (second === 'withdraw') return { place, tab: second, account: query.get('account') };
      if (second === 'accounts') return { place, tab: second };
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
      return parseWatch(query, second, third ?? null);
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
    case 'even':
      return parseEven(query, second, third ?? null);
    case 'settings':
      return { place };
    default:
      return { place: 'overview', account: query.get('account') };
  }
}

function parseWatch(query: URLSearchParams, tab: string | undefined, id: string | null): Route {
  const place = 'watch';
  if (tab === 'vaults' || tab === 'policy' || tab === 'watchmen' || tab === 'setup') return { place, tab };
  if (tab === 'ceremonies') return { place, tab, id: id === NEW ? null : id, inviting: id === NEW };
  if (tab === 'keys') return { place, tab, group: id };
  if (tab === 'sessions' && id !== null) return { place, tab: 'session', id };
  return {
    place,
    tab: 'payouts',
    query: { chain: query.get('chain'), token: query.get('token'), text: query.get('text') },
    hash: tab === 'payouts' ? id : null,
  };
}

function parseEven(query: URLSearchParams, tab: string | undefined, id: string | null): Route {
  const place = 'even';
  if (tab === 'network') return { place, tab };
  if (tab === 'messages') return { place, tab, node: query.get('node'), id };
  const nodes = {
    text: query.get('text'),
    state: query.get('state'),
    watched: query.has('watched'),
    sort: query.get('sort'),
    reversed: query.has('reversed'),
  };
  const node = tab === 'nodes' ? id : null;
  return { place, tab: 'rating', query: nodes, node, trying: node !== null && query.has('try') };
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
  withdrawal: (hash: string, query: WithdrawalQuery = WAITING) =>
    withQuery(`#/wallet/withdrawals/${encodeURIComponent(hash)}`, { ...query }),
  withdraw: (account: string | null = null) => withQuery('#/wallet/withdraw', { account }),
  accounts: () => '#/wallet/accounts',
  payouts: (query: PayoutQuery = ALL_PAYOUTS) => withQuery('#/watch/payouts', { ...query }),
  payout: (hash: string, query: PayoutQuery = ALL_PAYOUTS) =>
    withQuery(`#/watch/payouts/${encodeURIComponent(hash)}`, { ...query }),
  vaults: () => '#/watch/vaults',
  policy: () => '#/watch/policy',
  watchmen: () => '#/watch/watchmen',
  session: (id: string) => `#/watch/sessions/${encodeURIComponent(id)}`,
  ceremonies: () => '#/watch/ceremonies',
  newCeremony: () => `#/watch/ceremonies/${NEW}`,
  ceremony: (id: string) => `#/watch/ceremonies/${encodeURIComponent(id)}`,
  sharedKeys: () => '#/watch/keys',
  sharedKey: (group: string) => `#/watch/keys/${encodeURIComponent(group)}`,
  watchSetup: () => '#/watch/setup',
  alerts: (key: string | null = null) => (key === null ? '#/alerts' : `#/alerts/${encodeURIComponent(key)}`),
  even: (query: EvenQuery = ALL_NODES) => withQuery('#/even', { ...query }),
  evenNode: (node: string, query: EvenQuery = ALL_NODES, trying = false) =>
    withQuery(`#/even/nodes/${encodeURIComponent(node)}`, { ...query, try: trying }),
  evenNetwork: () => '#/even/network',
  evenMessages: (node: string | null = null) => withQuery('#/even/messages', { node }),
  evenMessage: (id: string, node: string | null = null) =>
    withQuery(`#/even/messages/${encodeURIComponent(id)}`, { node }),
  settings: () => '#/settings',
};

/** Where Esc leads: the list that holds the detail; null where there is no detail. */
export function parentOf(route: Route): string | null {
  if (route.place === 'explorer' && route.tab === 'transactions' && route.hash !== null)
    return to.explorer(route.filter);
  if (route.place === 'explorer' && route.tab === 'batches' && route.batch !== null) return to.batches();
  if (route.place === 'wallet' && route.tab === 'withdrawals' && route.hash !== null)
    return to.withdrawals(route.query);
  if (route.place === 'watch') return watchParent(route);
  if (route.place === 'even') return evenParent(route);
  if (route.place === 'alerts' && route.key !== null) return to.alerts();
  return null;
}

function watchParent(route: Extract<Route, { place: 'watch' }>): string | null {
  if (route.tab === 'payouts' && route.hash !== null) return to.payouts(route.query);
  if (route.tab === 'session') return to.payouts();
  if (route.tab === 'ceremonies' && (route.id !== null || route.inviting)) return to.ceremonies();
  return route.tab === 'keys' && route.group !== null ? to.sharedKeys() : null;
}

function evenParent(route: Extract<Route, { place: 'even' }>): string | null {
  if (route.tab === 'rating' && route.node !== null)
    return route.trying ? to.evenNode(route.node, route.query) : to.even(route.query);
  return route.tab === 'messages' && route.id !== null ? to.evenMessages(route.node) : null;
}
