/** Routes live in the hash, so that every state of the page is a link. Pure: no DOM. */

export const VIEWS = ['work', 'coverage', 'explore', 'quality'] as const;
export type ViewName = (typeof VIEWS)[number];

export interface Route {
  readonly view: ViewName;
  /** In the order they are written. Absent means the default. */
  readonly params: Readonly<Record<string, string>>;
}

/** Unknown views lead to the first one, without parameters; empty parameters are dropped. */
export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#?\/?/, '');
  const at = text.indexOf('?');
  const name = at < 0 ? text : text.slice(0, at);
  const view = VIEWS.find((known) => known === name);
  if (view === undefined) return { view: 'work', params: {} };
  const params: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(at < 0 ? '' : text.slice(at + 1))) {
    if (value !== '') params[key] = value;
  }
  return { view, params };
}

/** What `parseRoute` reads back. Commas and colons stay readable. */
export function formatRoute({ view, params }: Route): string {
  const query = Object.entries(params)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .join('&');
  return `#/${view}${query === '' ? '' : `?${query}`}`;
}

/** The same view with some parameters changed; null takes one out. */
export function withParams(route: Route, changes: Readonly<Record<string, string | null>>): Route {
  const params: Record<string, string> = { ...route.params };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === '') Reflect.deleteProperty(params, key);
    else params[key] = value;
  }
  return { view: route.view, params };
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%2C', ',').replaceAll('%3A', ':');
}
