import { type Route, formatRoute, parseRoute } from './router.js';

type Listener = (route: Route) => void;

const listeners = new Set<Listener>();
let current = parseRoute(location.hash);
let heard = location.hash;

export function currentRoute(): Route {
  return current;
}

/** Called with every new route, wherever it comes from. @returns takes the listener out again */
export function onRoute(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A new entry of the history. */
export function navigate(route: Route): void {
  go(route, 'push');
}

/** The same entry with another state: what a drag or a key press in a row changes. */
export function replaceRoute(route: Route): void {
  go(route, 'replace');
}

function go(route: Route, how: 'push' | 'replace'): void {
  const hash = formatRoute(route);
  if (hash === location.hash) return;
  if (how === 'push') history.pushState(null, '', hash);
  else history.replaceState(null, '', hash);
  take();
}

function take(): void {
  if (heard === location.hash) return;
  heard = location.hash;
  current = parseRoute(heard);
  for (const listener of listeners) listener(current);
}

addEventListener('popstate', take);
addEventListener('hashchange', take);
