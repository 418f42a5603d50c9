import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TapemillError } from '../errors.js';
import { answer } from './answer.js';
import { FaultBook } from './fault-book.js';
import type { FaultRule } from './fault-rule.js';
import type { KeyTree } from './key-tree.js';
import { type LoggedRequest, RequestLog } from './request-log.js';
import { Tree } from './tree.js';

export interface MirrorOptions {
  /** The folder that holds `data/`. Either it or `index` is given. */
  readonly root?: string;
  /** Serves keys that no folder has, see `simulatedIndex`. */
  readonly index?: KeyTree;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Rules, or texts as `--fault` takes them. */
  readonly faults?: readonly (FaultRule | string)[];
  /** Of all chance; default 1. */
  readonly seed?: number;
  /** For the log and for dates in headers; default the system's. */
  readonly clock?: { readonly nowMs: () => number };
  /** Called when a request has ended. */
  readonly onRequest?: (request: LoggedRequest) => void;
}

export interface Mirror {
  /** `http://127.0.0.1:8099`, without a slash at the end: the base of keys, and the index. */
  readonly url: string;
  /** The folder, or what the index calls itself. */
  readonly root: string;
  readonly requests: RequestLog;
  /** Replaces all faults and forgets their counts; from the next request on. @throws `E_USAGE` */
  readonly setFaults: (faults: readonly (FaultRule | string)[]) => void;
  /** Ends open answers and connections at once; resolves when no socket and no file is open. */
  readonly close: () => Promise<void>;
}

/**
 * Serves a folder, or an index alone, as the public archive does.
 * @throws `E_ARCHIVE_UNREADABLE`, `E_USAGE` for faults that make no sense and a port that is taken
 */
export async function startMirror(options: MirrorOptions): Promise<Mirror> {
  const faults = new FaultBook(options.seed ?? 1);
  faults.set(options.faults ?? []);
  const tree = await treeOf(options);
  const log = new RequestLog();
  const open = new Set<Promise<void>>();
  const context = {
    tree,
    faults,
    log,
    nowMs: options.clock?.nowMs ?? Date.now,
    onRequest: options.onRequest,
  };
  const server = createServer((request, response) => {
    const answered = answer(context, request, response);
    open.add(answered);
    void answered.finally(() => open.delete(answered));
  });
  // One listener a request, and a client may send many before the first is answered.
  server.on('connection', (socket) => socket.setMaxListeners(0));
  await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  let closed: Promise<void> | undefined;
  return {
    url: urlOf(server.address() as AddressInfo),
    root: tree.root,
    requests: log,
    setFaults: (rules) => {
      faults.set(rules);
    },
    close: () => (closed ??= closeAll(server, open)),
  };
}

function treeOf({ root, index }: MirrorOptions): Promise<KeyTree> {
  if (root !== undefined && index === undefined) return Tree.open(root);
  if (index !== undefined && root === undefined) return Promise.resolve(index);
  throw new TapemillError('E_USAGE', 'expected a folder or an index to serve, one of them');
}

async function closeAll(server: Server, open: ReadonlySet<Promise<void>>): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeAllConnections();
  await Promise.all([ended, ...open]);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new TapemillError(
          'E_USAGE',
          `cannot listen on ${host}, port ${port}: ${error.message}`,
          {},
          { cause: error },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
}

function urlOf({ address, family, port }: AddressInfo): string {
  // What listens everywhere is reached here.
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${family === 'IPv6' ? `[${host}]` : host}:${port}`;
}
