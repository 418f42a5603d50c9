import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { httpLocation } from '../archive/http-location.js';
import { isHttpUrl } from '../archive/index.js';
import { DEFAULT_HTTP, HttpClient, type HttpResponse, realWorld } from '../download/index.js';
import { TapemillError } from '../errors.js';
import { durationText } from '../watch/index.js';
import { type Finding, messageOf, ok, skip, trouble } from './check.js';
import type { DoctorWorld } from './world.js';

export interface NetworkRequest {
  readonly archive: string;
  readonly index: string | null;
  readonly offline: boolean;
}

/** A clock that is further off spoils leases between machines and the judging of what is fresh. */
const SKEW_SECONDS = 30;
/** Somebody waits for the answer. */
const PATIENCE = {
  ...DEFAULT_HTTP,
  attempts: 2,
  connectTimeoutMs: 5000,
  headersTimeoutMs: 10_000,
  stallTimeoutMs: 10_000,
};
/** Any of these comes from a server that lets us in; an archive need not have a page at its root. */
const ANSWERS = [200, 204, 206, 301, 302, 304, 400, 404, 405];

export async function checkNetwork(request: NetworkRequest, world: DoctorWorld): Promise<Finding[]> {
  const { archive, index, offline } = request;
  const proxy = checkProxy(world.env, archive);
  if (!isHttpUrl(archive)) return [await checkFolder(archive), proxy];
  if (offline) return [skip('archive', 'Archive', 'not asked: --offline'), proxy];
  let location;
  try {
    location = httpLocation(archive, index ?? undefined);
  } catch (error) {
    return [
      trouble('fail', 'archive', 'Archive', messageOf(error), 'Give the URL of the folder that holds data/.'),
      proxy,
    ];
  }
  const client = new HttpClient(PATIENCE, realWorld({ now: world.now }), location.credentials);
  try {
    const { finding, dateMs } = await checkArchive(client, location.base, world.now);
    const findings = [finding, await checkIndex(client, location.index), proxy];
    if (dateMs !== null) findings.push(checkClock(dateMs, world.now()));
    return findings;
  } finally {
    await client.close();
  }
}

async function checkFolder(archive: string): Promise<Finding> {
  const folder = await stat(join(archive, 'data')).catch(() => undefined);
  if (folder?.isDirectory()) return ok('archive', 'Archive', `${archive} holds data/`);
  return trouble(
    'fail',
    'archive',
    'Archive',
    `${archive} holds no data/ (E_ARCHIVE_UNREADABLE)`,
    'Give the folder that holds data/ with --archive, and check its permissions.',
  );
}

async function checkArchive(
  client: HttpClient,
  base: string,
  now: () => number,
): Promise<{ readonly finding: Finding; readonly dateMs: number | null }> {
  const startMs = now();
  let dateMs: number | null = null;
  const ask = (method: 'HEAD' | 'GET'): Promise<number> =>
    client.request(
      () => ({ method, url: `${base}/`, accept: ANSWERS }),
      (response) => {
        dateMs = dateOf(response);
        return Promise.resolve(response.status);
      },
      { weight: 'small' },
    );
  try {
    // An answer to HEAD has no body to say why it refuses; the same asked with GET has.
    const status = await ask('HEAD').catch((error: unknown) => {
      if (TapemillError.is(error) && error.code === 'E_FORBIDDEN') return ask('GET');
      throw error;
    });
    return {
      finding: ok('archive', 'Archive', `${base} answers (${status}) in ${now() - startMs} ms`),
      dateMs,
    };
  } catch (error) {
    return { finding: trouble('fail', 'archive', 'Archive', messageOf(error), remedyFor(error)), dateMs };
  }
}

async function checkIndex(client: HttpClient, index: string): Promise<Finding> {
  const [id, title] = ['index', 'Index'];
  const without = 'Without an index tapemill asks for every object one by one, which is slow. Check --index.';
  try {
    const text = await client.request(
      () => ({ method: 'GET', url: `${index}?delimiter=/&prefix=data/`, accept: [200] }),
      (response) => response.text(4 << 20),
      { weight: 'small' },
    );
    if (/<ListBucketResult[\s>]/.test(text) && /<Prefix>data\/[^<]+<\/Prefix>/.test(text)) {
      return ok(id, title, `${index} lists data/`);
    }
    return trouble('warn', id, title, `${index} answers, but not with a listing of data/ (E_INDEX)`, without);
  } catch (error) {
    return trouble('warn', id, title, messageOf(error), without);
  }
}

function dateOf(response: HttpResponse): number | null {
  const atMs = Date.parse(response.header('date') ?? '');
  return Number.isNaN(atMs) ? null : atMs;
}

function checkClock(serverMs: number, nowMs: number): Finding {
  // The header has whole seconds.
  const skewSeconds = (nowMs - serverMs) / 1000 - 0.5;
  const size = Math.abs(skewSeconds);
  if (size <= SKEW_SECONDS) return ok('clock', 'Clock', `within ${SKEW_SECONDS} s of the server's`);
  return trouble(
    'warn',
    'clock',
    'Clock',
    `${durationText(size)} ${skewSeconds > 0 ? 'ahead of' : 'behind'} the server's`,
    'Set the clock (NTP). It decides when leases end and what a cached listing is worth.',
  );
}

function checkProxy(env: DoctorWorld['env'], archive: string): Finding {
  const of = (name: string): string | undefined => {
    const value = env[name.toLowerCase()] ?? env[name];
    return value === undefined || value === '' ? undefined : value;
  };
  const name = archive.startsWith('http:') ? 'HTTP_PROXY' : 'HTTPS_PROXY';
  const [proxy, exceptions] = [of(name), of('NO_PROXY')];
  if (!isHttpUrl(archive) || proxy === undefined) return ok('proxy', 'Proxy', 'none');
  const except = exceptions === undefined ? '' : `, except for ${exceptions}`;
  if (!URL.canParse(proxy)) {
    return trouble('fail', 'proxy', 'Proxy', `${name} is no URL`, 'Set it to http://host:port, or unset it.');
  }
  // Never the password.
  return ok('proxy', 'Proxy', `${new URL(proxy).origin} by ${name}${except}`);
}

function remedyFor(error: unknown): string {
  const code = TapemillError.is(error) ? error.code : null;
  if (code === 'E_GEOBLOCKED')
    return 'It does not serve your country or network: use a mirror with --archive.';
  if (code === 'E_FORBIDDEN') return 'Check the URL of --archive, its credentials and the proxy settings.';
  return 'Check the network, HTTPS_PROXY and the spelling of --archive; `tapemill collect` retries by itself.';
}
