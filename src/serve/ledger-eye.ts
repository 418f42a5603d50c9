import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSystemError } from '../errors.js';
import { type LedgerView, openLedgerView } from '../watch/index.js';

/** How long a ledger that nobody looks at is kept open. */
const IDLE_MS = 10_000;

/**
 * Keeps a ledger open between looks: to open it for each would have connections pile up until memory is next swept. Opens
 * it anew when there is another file in its place.
 */
export class LedgerEye {
  #open: { readonly view: LedgerView; readonly identity: string } | null = null;
  #idle: NodeJS.Timeout | null = null;

  constructor(readonly path: string) {}

  /** @throws `E_NO_LAYER` when there is none; `E_LEDGER`, `E_LEDGER_BUSY`, `E_IO` */
  look<T>(at: (view: LedgerView) => T): T {
    const identity = identityOf(this.path);
    if (this.#open?.identity !== identity) this.close();
    this.#open ??= { view: openLedgerView(this.path), identity };
    this.#idle ??= setTimeout(() => {
      this.close();
    }, IDLE_MS).unref();
    this.#idle.refresh();
    return at(this.#open.view);
  }

  close(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    this.#open?.view.close();
    this.#open = null;
  }
}

/** Where nothing may be written, the view is one of the file as it was: another content is another file, then. */
function identityOf(path: string): string {
  const file = statOf(path);
  if (!file) return 'none';
  const own = `${file.dev} ${file.ino} ${file.birthtimeNs}`;
  try {
    accessSync(dirname(path), constants.W_OK);
    accessSync(path, constants.W_OK);
    return own;
  } catch {
    const wal = statOf(`${path}-wal`);
    return [own, file.size, file.mtimeNs, wal?.size, wal?.mtimeNs].join(' ');
  }
}

function statOf(path: string): ReturnType<typeof statBig> | null {
  try {
    return statBig(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return null;
    throw error;
  }
}

const statBig = (path: string) => statSync(path, { bigint: true });
