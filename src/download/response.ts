import type { Dispatcher } from 'undici';
import { AttemptFailure, fromNetworkError } from './failure.js';

/** As much of an unwanted body as is read to keep the connection; a longer one closes it. */
const DISCARD_BYTES = 64 << 10;
const BEGINNING_BYTES = 4 << 10;

/** One answer. Its body is read once, by `chunks` or `text`; what nobody read is discarded at the end. */
export class HttpResponse {
  readonly status: number;
  readonly #answer: Dispatcher.ResponseData;
  readonly #account: (bytes: number) => Promise<void>;
  #isRead = false;

  /** @param account told of every piece of the body; the next one is taken when it resolves */
  constructor(answer: Dispatcher.ResponseData, account: (bytes: number) => Promise<void>) {
    this.status = answer.statusCode;
    this.#answer = answer;
    this.#account = account;
    // A body that breaks after nobody reads it any more is of no interest.
    answer.body.on('error', () => undefined);
  }

  /** @param name in lower case */
  header(name: string): string | null {
    const value = this.#answer.headers[name];
    return (Array.isArray(value) ? value[0] : value) ?? null;
  }

  /** `Content-Length`; null when the server does not say. */
  contentBytes(): number | null {
    const value = this.header('content-length');
    return value !== null && /^\d+$/.test(value) ? Number(value) : null;
  }

  /** The body, piece by piece. A piece is valid for good. @throws an attempt's failure when the transfer breaks */
  async *chunks(): AsyncGenerator<Uint8Array, void, void> {
    this.#isRead = true;
    const { body } = this.#answer;
    const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    let isEnded = false;
    try {
      for (;;) {
        const next = await pieces.next().catch((error: unknown) => {
          throw fromNetworkError(error);
        });
        isEnded = next.done === true;
        if (next.done) return;
        await this.#account(next.value.length);
        yield next.value;
      }
    } finally {
      // Nothing else would tell the server to stop.
      if (!isEnded) body.destroy();
    }
  }

  /** The whole body as UTF-8. @throws an attempt's failure, also when it is longer than `maxBytes` */
  async text(maxBytes: number): Promise<string> {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of this.chunks()) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        throw new AttemptFailure(`the body is longer than ${maxBytes} bytes`, { code: 'E_HTTP' });
      }
      parts.push(chunk);
    }
    return Buffer.concat(parts).toString('utf8');
  }

  /** How the body begins, for messages; never fails. */
  async beginning(): Promise<string> {
    let text = '';
    try {
      for await (const chunk of this.chunks()) {
        text += Buffer.from(chunk).toString('utf8');
        if (text.length >= BEGINNING_BYTES) break;
      }
    } catch {
      // The status is what counts.
    }
    return text.slice(0, BEGINNING_BYTES);
  }

  /** Frees the connection for the next request if nothing has read the body. */
  async discard(): Promise<void> {
    if (this.#isRead) return;
    this.#isRead = true;
    await this.#answer.body.dump({ limit: DISCARD_BYTES }).catch(() => undefined);
  }
}
