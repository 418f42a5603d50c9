import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ApiError } from '../../src/serve/api.js';
import { type Dashboard, type ServeOptions, startDashboard } from '../../src/serve/index.js';
import { afterEachFile } from '../cleaning.js';
import { filesBelow } from '../cli/run.js';

const open = new Set<Dashboard>();
afterEachFile(async () => {
  for (const dashboard of open) await dashboard.close();
  open.clear();
});

/** A dashboard on a free port, closed after the tests of the file. A bug of the server fails whoever looks at `bugs`. */
export async function serving(
  dataDir: string,
  own: Partial<ServeOptions> = {},
): Promise<Dashboard & { readonly bugs: unknown[] }> {
  const bugs: unknown[] = [];
  const dashboard = await startDashboard({ dataDir, port: 0, onBug: (error) => bugs.push(error), ...own });
  open.add(dashboard);
  return { ...dashboard, bugs };
}

export interface Answered<T> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: T;
}

/** GET of a path exactly as it is written. */
export function ask<T = ApiError>(
  { port }: Pick<Dashboard, 'port'>,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answered<T>> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject).on('end', () => {
        const isJson = response.headers['content-type']?.startsWith('application/json') && text !== '';
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: (isJson ? JSON.parse(text) : undefined) as T,
        });
      });
    });
    asked.on('error', reject).end();
  });
}

/** Bytes as they are, and all that comes back until the connection ends. */
export function askRaw({ port }: Pick<Dashboard, 'port'>, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes.replaceAll('{port}', String(port))));
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('error', reject).on('close', () => {
      resolve(text);
    });
  });
}

export interface SentEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: unknown;
}

/** A browser that listens to `/api/status/stream`. */
export class Listening {
  readonly events: SentEvent[] = [];
  readonly comments: string[] = [];
  status = 0;
  ended = false;
  #leave: () => void = () => undefined;
  #wake: () => void = () => undefined;

  static start(
    dashboard: Pick<Dashboard, 'port'>,
    headers: Readonly<Record<string, string>> = {},
  ): Listening {
    const listening = new Listening();
    let rest = '';
    const asked = request(
      { host: '127.0.0.1', port: dashboard.port, path: '/api/status/stream', headers, agent: false },
      (response) => {
        listening.status = response.statusCode ?? 0;
        response.setEncoding('utf8').on('data', (part: string) => {
          const blocks = (rest + part).split('\n\n');
          rest = blocks.pop()!;
          for (const block of blocks) listening.#take(block);
          listening.#wake();
        });
        response.on('close', () => {
          listening.ended = true;
          listening.#wake();
        });
        response.on('error', () => undefined);
      },
    );
    asked.on('error', () => {
      listening.ended = true;
      listening.#wake();
    });
    asked.end();
    listening.#leave = () => asked.destroy();
    return listening;
  }

  leave(): void {
    this.#leave();
  }

  of(event: string): SentEvent[] {
    return this.events.filter((one) => one.event === event);
  }

  /** Resolves when it is so; whoever waits too long is timed out by the test. */
  async until(isSo: (listening: this) => boolean): Promise<void> {
    while (!isSo(this)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #take(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const at = line.indexOf(': ');
      fields.set(line.slice(0, at), line.slice(at + 2));
    }
    const [event, data] = [fields.get('event'), fields.get('data')];
    if (event === undefined || data === undefined) this.comments.push(block);
    else this.events.push({ event, id: fields.get('id') ?? null, data: JSON.parse(data) });
  }
}

/**
 * Every file with the hash of its bytes, the ledger included. Not the two that SQLite keeps beside it while somebody looks,
 * as long as nothing is in them.
 */
export function hashes(folder: string): Record<string, string> {
  const paths = filesBelow(folder).filter(
    (path) => !path.endsWith('-shm') && !(path.endsWith('-wal') && statSync(join(folder, path)).size === 0),
  );
  return Object.fromEntries(
    paths.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex'),
    ]),
  );
}
