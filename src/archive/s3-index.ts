import { AttemptFailure, type HttpClient } from '../download/index.js';
import type { IndexCache, IndexListing } from './index-cache.js';
import { type IndexObject, type IndexPage, parseIndexPage } from './s3-page.js';

/** A page of 1,000 keys has about 400 KB. */
const MAX_PAGE_BYTES = 16 << 20;
const MAX_PAGES = 10_000;
/** There is a way without the index; waiting for it as long as for an object would not be worth it. */
const MAX_ATTEMPTS = 6;

/** Part of what has a prefix, in the order of the index, which is that of UTF-8 bytes. */
export interface IndexWindow {
  /** Names up to this one are left out; null: from the start. */
  readonly after: string | null;
  /** The page that reaches this name is the last. It is kept whole, so names beyond are there if there are any. */
  readonly until: string;
}

export interface IndexListOptions {
  /** Takes no notice of what is cached; what comes is cached all the same. */
  readonly fresh?: boolean;
  /** Only with a prefix and names in ASCII. */
  readonly window?: IndexWindow;
}

/** The S3 listing of an archive, prefix by prefix. */
export class S3Index {
  readonly #pending = new Map<string, Promise<IndexListing>>();

  /** @param url what `?prefix=…` is appended to */
  constructor(
    readonly url: string,
    private readonly client: HttpClient,
    private readonly cache: IndexCache,
  ) {}

  /**
   * What lies directly in a folder, or of that what starts with a text; empty when there is no such folder.
   * @param prefix a folder with a slash at its end, and perhaps how the names in it start
   * @throws as `HttpClient.request`; `E_INDEX` when the answers are no listing, or one without end
   */
  list(prefix: string, options: IndexListOptions = {}): Promise<IndexListing> {
    const asked = JSON.stringify([prefix, options]);
    let pending = this.#pending.get(asked);
    if (!pending) {
      pending = this.#list(prefix, options).finally(() => this.#pending.delete(asked));
      this.#pending.set(asked, pending);
    }
    return pending;
  }

  /** The first of what `list` gives, in the order of the index; never cached. @throws as `list` */
  async first(prefix: string, count: number): Promise<readonly IndexObject[]> {
    const { objects } = await this.#page(prefix, null, { count, markers: new Set() });
    return objects.filter(({ key }) => isIn(key, prefix));
  }

  async #list(prefix: string, { fresh = false, window }: IndexListOptions): Promise<IndexListing> {
    const scope = window ? `${window.after ?? ''} … ${window.until}` : '';
    const cached = fresh ? null : await this.cache.read(this.url, prefix, scope);
    if (cached) return cached;
    const objects = new Map<string, IndexObject>();
    const folders = new Set<string>();
    const markers = new Set<string>();
    let marker: string | null = window?.after ?? null;
    do {
      const page: IndexPage = await this.#page(prefix, marker, { markers });
      // Only what is asked for: a server that takes no notice of the prefix must not pass for one that does.
      for (const object of page.objects) if (isIn(object.key, prefix)) objects.set(object.key, object);
      for (const folder of page.folders) if (isIn(folder.slice(0, -1), prefix)) folders.add(folder);
      marker = window && page.next !== null && page.next >= window.until ? null : page.next;
    } while (marker !== null);
    const listing = { objects: [...objects.values()], folders: [...folders] };
    // What is being published, or an accident, shall not seem absent for as long as the cache lasts.
    if (objects.size + folders.size > 0) await this.cache.write(this.url, prefix, scope, listing);
    return listing;
  }

  /** @param markers those of the pages before, to see a listing that goes in a circle */
  async #page(
    prefix: string,
    marker: string | null,
    { count, markers }: { readonly count?: number; readonly markers: Set<string> },
  ): Promise<IndexPage> {
    const from = marker === null ? '' : `&marker=${encode(marker)}`;
    const most = count === undefined ? '' : `&max-keys=${count}`;
    const url = `${this.url}?delimiter=/&prefix=${encode(prefix)}${from}${most}`;
    const page = await this.client.request(
      () => ({ method: 'GET', url, accept: [200] }),
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
