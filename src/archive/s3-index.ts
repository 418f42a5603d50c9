import { AttemptFailure, type HttpClient } from '../download/index.js';
import type { IndexCache, IndexListing } from './index-cache.js';
import { type IndexObject, type IndexPage, parseIndexPage } from './s3-page.js';

/** A page of 1,000 keys has about 400 KB. */
const MAX_PAGE_BYTES = 16 << 20;
const MAX_PAGES = 10_000;
/** There is a way without the index; waiting for it as long as for an object would not be worth it. */
const MAX_ATTEMPTS = 6;

/** The S3 listing of an archive, folder by folder. */
export class S3Index {
  readonly #pending = new Map<string, Promise<IndexListing>>();

  /** @param url what `?prefix=…` is appended to */
  constructor(
    readonly url: string,
    private readonly client: HttpClient,
    private readonly cache: IndexCache,
  ) {}

  /**
   * What lies directly in a folder, empty when there is no such folder.
   * @param prefix with a slash at its end
   * @throws as `HttpClient.request`; `E_INDEX` when the answers are no listing, or one without end
   */
  list(prefix: string): Promise<IndexListing> {
    let pending = this.#pending.get(prefix);
    if (!pending) {
      pending = this.#list(prefix).finally(() => this.#pending.delete(prefix));
      this.#pending.set(prefix, pending);
    }
    return pending;
  }

  async #list(prefix: string): Promise<IndexListing> {
    const cached = await this.cache.read(this.url, prefix);
    if (cached) return cached;
    const objects = new Map<string, IndexObject>();
    const folders = new Set<string>();
    const markers = new Set<string>();
    let marker: string | null = null;
    do {
      const page: IndexPage = await this.#page(prefix, marker, markers);
      // Only what is asked for: a server that takes no notice of the prefix must not pass for one that does.
      for (const object of page.objects) if (isIn(object.key, prefix)) objects.set(object.key, object);
      for (const folder of page.folders) if (isIn(folder.slice(0, -1), prefix)) folders.add(folder);
      marker = page.next;
    } while (marker !== null);
    const listing = { objects: [...objects.values()], folders: [...folders] };
    // What is being published, or an accident, shall not seem absent for as long as the cache lasts.
    if (objects.size + folders.size > 0) await this.cache.write(this.url, prefix, listing);
    return listing;
  }

  /** @param markers those of the pages before, to see a listing that goes in a circle */
  async #page(prefix: string, marker: string | null, markers: Set<string>): Promise<IndexPage> {
    const query = `delimiter=/&prefix=${encode(prefix)}${marker === null ? '' : `&marker=${encode(marker)}`}`;
    const page = await this.client.request(
      () => ({ method: 'GET', url: `${this.url}?${query}`, accept: [200] }),
      async (response) => {
        const found = parseIndexPage(await response.text(MAX_PAGE_BYTES));
        if (found.next !== null && (markers.has(found.next) || markers.size >= MAX_PAGES)) {
          throw new AttemptFailure(`the listing does not go on after "${found.next}"`, {
            code: 'E_INDEX',
            retryable: true,
          });
        }
        return found;
      },
      { weight: 'small', attempts: Math.min(MAX_ATTEMPTS, this.client.settings.attempts) },
    );
    if (page.next !== null) markers.add(page.next);
    return page;
  }
}

/** Directly in the folder, not deeper. */
function isIn(path: string, prefix: string): boolean {
  return path.length > prefix.length && path.startsWith(prefix) && !path.includes('/', prefix.length);
}

const encode = (text: string): string => encodeURIComponent(text).replaceAll('%2F', '/');
