import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DEFAULT_HTTP,
  HttpClient,
  type HttpRequest,
  type HttpResponse,
  type HttpSettings,
  type RequestOptions,
  type World,
  type WorldOptions,
  download,
  promotePart,
  realWorld,
  removePart,
  withLock,
} from '../download/index.js';
import { TapemillError } from '../errors.js';
import { assertSymbol } from '../market/index.js';
import { type Period, parsePeriod } from '../time/index.js';
import { verifyGzip } from './file-bytes.js';
import { type TardisChannel, type TardisExchange, tardisFileName } from './tardis-name.js';

export const TARDIS_DATASETS = 'https://datasets.tardis.dev';

export interface FetchTardisRequest {
  readonly exchange: TardisExchange;
  readonly channel: TardisChannel;
  readonly symbol: string;
  /** `2025-10-01` */
  readonly days: readonly string[];
  /** As a rule the variable TARDIS_API_KEY; null: only first days of months are free. Never printed. */
  readonly key: string | null;
  /** Files go to `{dataDir}/tardis`. */
  readonly dataDir: string;
  /** Another server of the same tree, for mirrors and tests. */
  readonly baseUrl?: string;
  readonly settings?: Partial<HttpSettings>;
  readonly world?: WorldOptions;
  /** What must stay free on the disk, in bytes; default 512 MiB. */
  readonly diskReserveBytes?: number;
  readonly onDay?: (day: FetchedDay) => void;
}

export interface FetchedDay {
  readonly day: string;
  /** `hole`: the server has no such file (404). `present`: it was here already. */
  readonly status: 'fetched' | 'present' | 'hole';
  /** Null for a hole. */
  readonly path: string | null;
}

/** A day of trades of a busy symbol has some 100 MB; a server that declares no length may send twice this and 64 MiB. */
const EXPECTED_BYTES = { trades: 256 << 20, liquidations: 0, derivative_ticker: 64 << 20 } as const;

/** `{dataDir}/tardis`: a folder to import from. */
export function tardisFolder(dataDir: string): string {
  return join(dataDir, 'tardis');
}

/**
 * Brings day files of Tardis to `{dataDir}/tardis/{exchange}_{channel}_{day}_{SYMBOL}.csv.gz`, one after the other. A
 * file has its name only when it was verified; interrupted downloads are continued. The free days are fetched even
 * when the others are refused.
 * @throws `E_FORBIDDEN` naming the days that need a key; `E_GZIP` when a file is damaged twice; `E_USAGE`, `E_PERIOD`,
 *   `E_SYMBOL`; as `HttpClient.request`; `E_DISK_FULL`, `E_IO`
 */
export async function fetchTardis(request: FetchTardisRequest): Promise<FetchedDay[]> {
  assertSymbol(request.symbol);
  const days = request.days.map((day) => {
    const period = parsePeriod(day);
    if (period.kind !== 'day')
      throw new TapemillError('E_PERIOD', `expected a day as YYYY-MM-DD, found "${day}"`);
    return period;
  });
  const base = (request.baseUrl ?? TARDIS_DATASETS).replace(/\/+$/, '');
  const world = realWorld(request.world);
  const client = new KeyedClient(
    { ...DEFAULT_HTTP, ...request.settings },
    world,
    originOf(base),
    request.key,
  );
  const done: FetchedDay[] = [];
  const refused: Period[] = [];
  let refusal: TapemillError | undefined;
  try {
    for (const day of days) {
      // Who was refused one day is refused all that are not free.
      if (refusal && !isFree(day)) {
        refused.push(day);
        continue;
      }
      try {
        const fetched = await fetchDay(client, request, base, day);
        done.push(fetched);
        request.onDay?.(fetched);
      } catch (error) {
        if (!TapemillError.is(error) || error.code !== 'E_FORBIDDEN') throw error;
        refusal ??= error;
        refused.push(day);
      }
    }
  } finally {
    await client.close();
  }
  if (refusal) throw forbidden(base, request.key, refused, done, refusal);
  return done;
}

async function fetchDay(
  client: KeyedClient,
  request: FetchTardisRequest,
  base: string,
  day: Period,
): Promise<FetchedDay> {
  const { exchange, channel, symbol } = request;
  const file = tardisFileName({ exchange, channel, day, symbol });
  const target = join(tardisFolder(request.dataDir), file);
  const url = `${base}/v1/${exchange}/${channel}/${day.key.replaceAll('-', '/')}/${encodeURIComponent(symbol)}.csv.gz`;
  const here: FetchedDay = { day: day.key, status: 'present', path: target };
  if (await exists(target)) return here;
  const work = async (): Promise<FetchedDay> => {
    if (await exists(target)) return here;
    for (let round = 1; ; round++) {
      const got = await download(client, {
        url,
        target,
        object: file,
        expectedSha256: null,
        expectedBytes: EXPECTED_BYTES[channel],
        diskReserveBytes: request.diskReserveBytes ?? 512 * 2 ** 20,
      }).catch(async (error: unknown) => {
        // Of a file that was refused nothing has come, as a rule; what has is kept for the next time.
        const part = await stat(`${target}.part`).catch(() => null);
        if (part?.size === 0) await removePart(target);
        throw error;
      });
      if (!got) {
        await removePart(target);
        return { day: day.key, status: 'hole', path: null };
      }
      try {
        await verifyGzip(`${target}.part`);
      } catch (error) {
        await removePart(target);
        if (round === 2 || !TapemillError.is(error) || error.code !== 'E_GZIP') throw error;
        continue;
      }
      await promotePart(target);
      return { day: day.key, status: 'fetched', path: target };
    }
  };
  return withLock(`${target}.lock`, client.world.sleep, work, client.world.signal);
}

/** Sends the key to the server it is for, and to no other that it may redirect to. */
class KeyedClient extends HttpClient {
  readonly #authorization: string | null;

  constructor(
    settings: HttpSettings,
    world: World,
    private readonly origin: string,
    key: string | null,
  ) {
    super(settings, world);
    const trimmed = key?.trim() ?? '';
    // Without showing it: what cannot be in a header is no key, but it may be most of one.
    if (!/^[\x21-\x7e]*$/.test(trimmed)) {
      throw new TapemillError('E_USAGE', 'the key of Tardis (TARDIS_API_KEY) has characters that no key has');
    }
    this.#authorization = trimmed === '' ? null : `Bearer ${trimmed}`;
  }

  override request<T>(
    build: () => HttpRequest,
    use: (response: HttpResponse) => Promise<T>,
    options: RequestOptions,
  ): Promise<T> {
    const keyed = (): HttpRequest => {
      const sent = build();
      if (this.#authorization === null || originOf(sent.url) !== this.origin) return sent;
      return { ...sent, headers: { ...sent.headers, authorization: this.#authorization } };
    };
    return super.request(keyed, use, options);
  }
}

/** The first day of every month may be had without a key. */
function isFree(day: Period): boolean {
  return day.key.endsWith('-01');
}

function forbidden(
  base: string,
  key: string | null,
  refused: readonly Period[],
  done: readonly FetchedDay[],
  cause: TapemillError,
): TapemillError {
  const [first, last] = [refused[0]!.key, refused.at(-1)!.key];
  const which = refused.length === 1 ? first : `${first} … ${last} (${refused.length} days)`;
  const why =
    key === null || key.trim() === ''
      ? 'without a key only the first day of a month is free; set TARDIS_API_KEY'
      : 'the key in TARDIS_API_KEY does not open them';
  const { url, status } = cause.context;
  return new TapemillError(
    'E_FORBIDDEN',
    `${base} refuses ${which}: ${why}. ${done.length} other days are here.`,
    {
      expected: refused.map(({ key: day }) => day).join(','),
      ...(url === undefined ? {} : { url }),
      ...(status === undefined ? {} : { status }),
    },
    { cause },
  );
}

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    throw new TapemillError('E_USAGE', `expected a URL as https://…, found "${url}"`, { found: url });
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
