import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { TapemillError, isSystemError } from '../errors.js';
import { ledgerPath } from '../ledger/index.js';
import { type Refusal } from './answer-error.js';
import { makeApp } from './app.js';
import { whyRefused } from './guard.js';
import { SECURITY_HEADERS } from './headers.js';
import { allowedHosts, hostInUrl } from './hosts.js';
import { LedgerEye } from './ledger-eye.js';
import { WEB_ROOT } from './static-files.js';
import { StatusHub } from './status-hub.js';

export interface ServeOptions {
  readonly dataDir: string;
  /** The ledger; default that of the data folder. */
  readonly queue?: string;
  /** 0: any free one. */
  readonly port: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Names that the Host header may have besides this machine's own, as `parseAllowedHost` reads them. */
  readonly allowHosts?: readonly string[];
  /** Where the page is; default the one of this package. */
  readonly webRoot?: string;
  /** Of rolled-up tables that are kept; default 256 MiB. */
  readonly cacheBytes?: number;
  /** Between two looks at the ledger while somebody listens; default a second. */
  readonly pollMs?: number;
  /** Between two signs of life of a quiet stream; default 15 s. */
  readonly heartbeatMs?: number;
  /** Of streams; default 32. */
  readonly maxListeners?: number;
  /** Told of errors that are bugs of ours. */
  readonly onBug?: (error: unknown) => void;
}

export interface Dashboard {
  /** `http://127.0.0.1:8787/` */
  readonly url: string;
  readonly port: number;
  readonly hub: StatusHub;
  /** Ends streams and connections; resolves when no socket is open. */
  readonly close: () => Promise<void>;
}

const ANSWER_MS = 60_000;

/**
 * Serves a data folder to look at. Nothing in it is changed, and nothing of it is read before somebody asks.
 * @throws `E_USAGE` when the port or address cannot be listened on
 */
export async function startDashboard(options: ServeOptions): Promise<Dashboard> {
  const dataDir = resolve(options.dataDir);
  const host = options.host ?? '127.0.0.1';
  const eye = new LedgerEye(resolve(options.queue ?? ledgerPath(dataDir)));
  const onBug = options.onBug ?? ((): void => undefined);
  const closing = new AbortController();
  const hub = new StatusHub({
    eye,
    intervalMs: options.pollMs ?? 1000,
    maxListeners: options.maxListeners ?? 32,
    onBug,
  });
  const app = makeApp({
    ...{ dataDir, eye, hub, onBug },
    webRoot: options.webRoot ?? WEB_ROOT,
    cacheBytes: options.cacheBytes ?? 256 << 20,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    answerMs: ANSWER_MS,
    closing: closing.signal,
  });
  const answer = getRequestListener((request, env) => app.fetch(request, env), {
    overrideGlobalObjects: false,
  });
  let hosts: ReadonlySet<string> = new Set();
  const server = createServer(LIMITS, (request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const refused = whyRefused(request, hosts);
    if (refused) refuse(request, response, refused);
    else void answer(request, response);
  });
  server.maxConnections = 256;
  server.maxHeadersCount = 64;
  await listen(server, options.port, host);
  const { port } = server.address() as AddressInfo;
  hosts = allowedHosts(host, port, options.allowHosts ?? []);
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  let closed: Promise<void> | undefined;
  return {
    url: `http://${hostInUrl(shown)}:${port}/`,
    port,
    hub,
    close: () =>
      (closed ??= closeAll(server, hub, closing).finally(() => {
        eye.close();
      })),
  };
}

/** Browsers send a few KB of headers, none slowly. */
const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 5000,
};

function refuse(request: IncomingMessage, response: ServerResponse, { status, body }: Refusal): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    // What else comes over the connection, a body for instance, is not read.
    Connection: 'close',
    ...(status === 405 && { Allow: 'GET, HEAD' }),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

async function closeAll(server: Server, hub: StatusHub, closing: AbortController): Promise<void> {
  const ended = new Promise<void>((done) => {
    server.close(() => {
      done();
    });
  });
  hub.close();
  closing.abort(new Error('the server closes'));
  server.closeAllConnections();
  await ended;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((done, reject) => {
    server.once('error', (error) => {
      const isTaken = isSystemError(error, 'EADDRINUSE');
      const message = isTaken
        ? `port ${port} of ${host} is taken, perhaps by another dashboard; give another --port, or --port 0 for any free one`
        : `cannot listen on ${host}, port ${port}: ${error.message}`;
      reject(new TapemillError('E_USAGE', message, { found: `${host}:${port}` }, { cause: error }));
    });
    server.listen(port, host, () => {
      done();
    });
  });
}
