import type { HttpClient, HttpResponse } from '../download/index.js';
import { TapemillError } from '../errors.js';
import { checksumKey, normalizeSymbol, objectKey } from '../market/index.js';
import { type DateRange, type Period, daysBetween, epochMs, monthOf, monthsBetween } from '../time/index.js';
import { type ArchiveEntry, type ListQuery, isoDate, quotedEtag } from './archive.js';

/** No object of the archive is older: the exchange opened in July 2017. */
const ARCHIVE_START_MS = epochMs(2017, 1, 1);
/** Of single questions; there are many of them, and an answer that stays away is no obstacle. */
const ATTEMPTS = 2;

/**
 * What the server says of one object. `size` 0 with `exists`: it may or may not be there, nobody knows; only a
 * definite 404 counts as missing.
 */
type Probed =
  | { readonly exists: false }
  | ({ readonly exists: true; readonly bytes: number } & Pick<ArchiveEntry, 'etag' | 'lastModified'>);

/**
 * Lists a symbol without an index, by asking for every object with HEAD. The months and days before its first
 * object are found by doubling steps and bisecting; from there on every one is asked for, so that holes are seen.
 * An object that the server neither has nor definitely lacks (403, 500 …) is listed with 0 bytes, and the attempt
 * to download it will tell.
 *
 * Months that are published unpadded (`2020-8`) and other spellings of a symbol are not found this way.
 *
 * @param urlOf of an object's key
 * @returns in no particular order
 * @throws `E_NETWORK` when nobody answers at all, `E_GEOBLOCKED`
 */
export function probe(
  client: HttpClient,
  urlOf: (key: string) => string,
  query: ListQuery,
): Promise<ArchiveEntry[]> {
  return new Prober(client, urlOf, query).list();
}

/** One list; it asks for no object twice. */
class Prober {
  readonly #asked = new Map<string, Promise<Probed>>();

  constructor(
    private readonly client: HttpClient,
    private readonly urlOf: (key: string) => string,
    private readonly query: ListQuery,
  ) {}

  async list(): Promise<ArchiveEntry[]> {
    const nowMs = this.client.world.now();
    const months = monthsBetween(ARCHIVE_START_MS, nowMs);
    const days = daysBetween(ARCHIVE_START_MS, nowMs);
    const [month, day] = await Promise.all([this.#first(months), this.#first(days)]);
    // A life shorter than a step of the search is not seen by it. Then all months are asked for, which are few;
    // and days from the first of them on, or all when there is none.
    const firsts = [month ?? (await this.#firstOfAll(months)), day].filter((first) => first !== null);
    const startMs =
      firsts.length === 0
        ? ARCHIVE_START_MS
        : Math.min(...firsts.map((period) => monthOf(period.startMs).startMs));
    const wanted = [...months, ...days.filter((day) => isWanted(day, this.query.range))].filter(
      (period) => period.startMs >= startMs,
    );
    const entries = await Promise.all(wanted.map((period) => this.#entry(period)));
    return entries.filter((entry) => entry !== null);
  }

  /** The first period that is not missing, provided that none is missing after it; null when none was met. */
  async #first(periods: readonly Period[]): Promise<Period | null> {
    const isMissing = async (at: number): Promise<boolean> =>
      !(await this.#probe(keyOf(this.query, periods[at]!))).exists;
    if (periods.length === 0) return null;
    if (!(await isMissing(0))) return periods[0]!;
    let missing = 0;
    let present = -1;
    for (let step = 1; present < 0; step *= 2) {
      const at = Math.min(missing + step, periods.length - 1);
      if (at === missing) return null;
      if (await isMissing(at)) missing = at;
      else present = at;
    }
    while (present - missing > 1) {
      const middle = (missing + present) >> 1;
      if (await isMissing(middle)) missing = middle;
      else present = middle;
    }
    return periods[present]!;
  }

  async #firstOfAll(periods: readonly Period[]): Promise<Period | null> {
    const probed = await Promise.all(periods.map((period) => this.#probe(keyOf(this.query, period))));
    return periods.find((_, at) => probed[at]!.exists) ?? null;
  }

  async #entry(period: Period): Promise<ArchiveEntry | null> {
    const key = keyOf(this.query, period);
    const zip = await this.#probe(key);
    if (!zip.exists) return null;
    const checksum = await this.#probe(checksumKey(key));
    const symbol = normalizeSymbol(this.query.symbol);
    const { market, dataType, interval } = this.query;
    return {
      name: { market, dataType, symbol, period, ...(interval === undefined ? {} : { interval }) },
      key,
      bytes: zip.bytes,
      hasChecksum: checksum.exists,
      etag: zip.etag,
      lastModified: zip.lastModified,
    };
  }

  #probe(key: string): Promise<Probed> {
    let asked = this.#asked.get(key);
    if (!asked) {
      asked = this.#ask(key);
      this.#asked.set(key, asked);
    }
    return asked;
  }

  async #ask(key: string): Promise<Probed> {
    const url = this.urlOf(key);
    const options = { weight: 'small', object: key, attempts: ATTEMPTS } as const;
    try {
      const answer = await this.client.request(
        () => ({ method: 'HEAD', url, accept: [200, 404, 405, 501] }),
        (response) => Promise.resolve(readHead(response)),
        options,
      );
      if (answer !== null) return answer;
      // No HEAD, or one without a size: the first byte tells both.
      return await this.client.request(
        () => ({ method: 'GET', url, accept: [200, 206, 404], headers: { range: 'bytes=0-0' } }),
        (response) => Promise.resolve(readFirstByte(response)),
        options,
      );
    } catch (error) {
      const isAnswer = TapemillError.is(error) && error.context.status !== undefined;
      if (!isAnswer || error.code === 'E_GEOBLOCKED') throw error;
      return { exists: true, bytes: 0, etag: null, lastModified: null };
    }
  }
}

function readHead(response: HttpResponse): Probed | null {
  if (response.status === 404) return { exists: false };
  const bytes = response.contentBytes();
  return response.status === 200 && bytes !== null ? { exists: true, bytes, ...revisionOf(response) } : null;
}

function readFirstByte(response: HttpResponse): Probed {
  if (response.status === 404) return { exists: false };
  const total = /\/(\d+)$/.exec(response.header('content-range') ?? '')?.[1];
  const bytes = total === undefined ? (response.contentBytes() ?? 0) : Number(total);
  return { exists: true, bytes, ...revisionOf(response) };
}

/** In the form of a listing, so that the two can be compared. */
function revisionOf(response: HttpResponse): Pick<ArchiveEntry, 'etag' | 'lastModified'> {
  return {
    etag: quotedEtag(response.header('etag')),
    lastModified: isoDate(response.header('last-modified')),
  };
}

function keyOf(query: ListQuery, period: Period): string {
  const { market, dataType, interval } = query;
  const symbol = normalizeSymbol(query.symbol);
  return objectKey({ market, dataType, symbol, period, ...(interval === undefined ? {} : { interval }) });
}

/** Whole months of the range: their other days may be what an earlier run was made of. */
function isWanted(day: Period, range: DateRange | undefined): boolean {
  if (!range) return true;
  return day.startMs >= monthOf(range.startMs).startMs && day.startMs < monthOf(range.endMs - 1).endMs;
}
