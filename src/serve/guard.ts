import type { IncomingMessage } from 'node:http';
import { type Refusal, refusal } from './answer-error.js';

/** Plain ASCII without escapes: nothing that is served is called otherwise, and nothing has to be decoded twice. */
const PLAIN_PATH = /^\/[A-Za-z0-9._~/-]*$/;
const MAX_URL = 4096;

/**
 * Why a request is not answered at all, or null. Looks at what came over the wire, before anything decodes or tidies it.
 *
 * Three things keep other sites out, each enough by itself in a browser that knows it: the Host header must name this
 * server (a name that was made to point here does not), Origin must be this server's own, and so must Sec-Fetch-Site.
 */
export function whyRefused(request: IncomingMessage, hosts: ReadonlySet<string>): Refusal | null {
  const { headers } = request;
  const method = request.method ?? '';
  if (method !== 'GET' && method !== 'HEAD') {
    return refusal(405, 'E_USAGE', `expected GET or HEAD, found ${method}`, {
      expected: 'GET, HEAD',
      found: method,
    });
  }
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0) {
    return refusal(400, 'E_USAGE', 'expected a request without a body');
  }
  return whyHostile(request, hosts) ?? whyCrooked(request.url ?? '');
}

function whyHostile({ headers, rawHeaders }: IncomingMessage, hosts: ReadonlySet<string>): Refusal | null {
  const named = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;
  const host = headers.host?.toLowerCase() ?? '';
  if (named !== 1 || !hosts.has(host)) {
    return refusal(
      403,
      'E_FORBIDDEN',
      'the request names another host than this server; see --allow-host of `tapemill serve`',
      { expected: [...hosts].join(', '), found: host },
    );
  }
  const { origin } = headers;
  if (origin !== undefined && originHost(origin) !== host) {
    return refusal(403, 'E_FORBIDDEN', 'the request comes from a page of another origin', {
      expected: `http://${host}`,
      found: origin,
    });
  }
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return refusal(
      403,
      'E_FORBIDDEN',
      'the request comes from a page of another site; type or paste the address instead',
      { expected: 'same-origin or none', found: site },
    );
  }
  return null;
}

function originHost(origin: string): string | null {
  const match = /^https?:\/\/([^/?#@\\]+)$/i.exec(origin);
  return match ? match[1]!.toLowerCase() : null;
}

function whyCrooked(url: string): Refusal | null {
  const path = url.split('?', 1)[0]!;
  const segments = path.split('/').slice(1);
  const isPlain =
    url.length <= MAX_URL &&
    PLAIN_PATH.test(path) &&
    !url.includes('#') &&
    segments.every((segment, i) => (segment !== '' || i === segments.length - 1) && !segment.startsWith('.'));
  return isPlain
    ? null
    : refusal(403, 'E_FORBIDDEN', 'the path of the request is none that this server has', {
        expected: 'letters, digits, ".", "_", "~", "-" between single slashes',
        found: url.slice(0, 100),
      });
}
