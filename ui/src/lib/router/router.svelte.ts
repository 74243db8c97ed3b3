import { parseRoute, type Route } from './paths';

class Router {
  route = $state.raw<Route>({ place: 'overview', account: null });

  start(): () => void {
    const read = () => (this.route = parseRoute(location.hash));
    addEventListener('hashchange', read);
    read();
    return () => removeEventListener('hashchange', read);
  }

  go(href: string): void {
    if (location.hash !== href) location.hash = href;
  }

  /** Changes the address without a step in the history. */
  replace(href: string): void {
    history.replaceState(null, '', href);
    this.route = parseRoute(href);
  }
}

export const router = new Router();
