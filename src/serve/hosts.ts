import { isIP } from 'node:net';
import { TapemillError } from '../errors.js';

/** An address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** As it stands in a URL and in the Host header. */
export function hostInUrl(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

/**
 * Values of the Host header that are answered. A page of another site can make its name point to this machine, but not
 * the browser send another name than its own.
 * @param listensOn the address, as given
 * @param allowed names that users added: `name` with the server's port or none, or `name:port`
 */
export function allowedHosts(
  listensOn: string,
  port: number,
  allowed: readonly string[],
): ReadonlySet<string> {
  const own = ['127.0.0.1', 'localhost', '[::1]'];
  // Who listens everywhere has no address of its own that a browser would use.
  if (listensOn !== '0.0.0.0' && listensOn !== '::') own.push(hostInUrl(listensOn));
  const hosts = own.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]);
  for (const name of allowed) {
    hosts.push(...(/:\d+$/.test(name) ? [name] : [name, `${name}:${port}`]));
  }
  return new Set(hosts.map((host) => host.toLowerCase()));
}

/** Reads a value of `--allow-host`. @throws `E_USAGE` */
export function parseAllowedHost(text: string): string {
  if (
    !/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:]{2,39}\])(?::\d{1,5})?$/.test(text)
  ) {
    throw new TapemillError('E_USAGE', `expected a host name, or name:port, found "${text}"`, {
      expected: 'dash.example.com or dash.example.com:8787',
      found: text,
    });
  }
  return text.toLowerCase();
}
