import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TapemillError } from '../errors.js';
import { LEDGER_SCHEMA } from '../ledger/index.js';
import { Database } from '../sqlite/index.js';
import { WORK_SCHEMA } from '../work/index.js';

/** A ledger that is only looked at. */
export interface LedgerView {
  readonly path: string;
  readonly db: Database;
  close(): void;
}

/**
 * Opens a ledger to look at it, while others write or not, also where nothing may be written.
 *
 * SQLite wants to make files beside one in WAL mode even for reading. Where it cannot, nobody is writing either (or
 * these files would be there): what is there is the whole, or a WAL that a killed process left, which is read in a
 * copy.
 *
 * @throws `E_NO_LAYER` when there is none; `E_LEDGER`, `E_LEDGER_BUSY`, `E_IO`
 */
export function openLedgerView(path: string): LedgerView {
  if (!existsSync(path)) throw noLedger(path);
  try {
    return viewOf(path, path);
  } catch (error) {
    if (!isUnwritable(error)) throw error;
  }
  const wal = `${path}-wal`;
  if (!existsSync(wal) || statSync(wal).size === 0) {
    return viewOf(`${pathToFileURL(path).href}?immutable=1`, path);
  }
  const folder = mkdtempSync(join(tmpdir(), 'tapemill-ledger-'));
  const drop = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const copy = join(folder, basename(path));
    copyFileSync(path, copy);
    copyFileSync(wal, `${copy}-wal`);
    const view = viewOf(copy, path);
    return {
      ...view,
      close: () => {
        view.close();
        drop();
      },
    };
  } catch (error) {
    drop();
    throw error;
  }
}

function viewOf(opened: string, path: string): LedgerView {
  const db = Database.open(opened, [WORK_SCHEMA, LEDGER_SCHEMA], { readOnly: true, busyTimeoutMs: 5000 });
  try {
    db.all('PRAGMA query_only = ON');
    // The first look at the file itself: a damaged one, or one of somebody else, is found out here.
    db.get('SELECT count(*) AS n FROM tasks');
  } catch (error) {
    db.close();
    throw error;
  }
  return {
    path,
    db,
    close: () => {
      db.close();
    },
  };
}

/** SQLITE_CANTOPEN, SQLITE_READONLY and their kin: 1544 is READONLY_DIRECTORY, which the driver has no name for. */
function isUnwritable(error: unknown): boolean {
  const cause = TapemillError.is(error) ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^SQLITE_(CANTOPEN|READONLY|PERM|IOERR)|_(1544|264|520|776|1032|1288)$/.test(code);
}

function noLedger(path: string): TapemillError {
  const folder = dirname(path);
  const others = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.sqlite')) : [];
  const hint =
    others.length > 0
      ? `; there are ${others.join(', ')}: see --shard and --queue`
      : '; `tapemill collect` makes it. Is --data-dir right?';
  return new TapemillError('E_NO_LAYER', `there is no ledger ${path}${hint}`, { path });
}
