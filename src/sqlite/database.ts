import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';
import { TapemillError, fromSystemError } from '../errors.js';

/** What SQLite stores and gives back. Whole numbers stay exact up to 2^53. */
export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface OpenDatabaseOptions {
  /** Only look: the file must exist, and nothing is written to it. */
  readonly readOnly?: boolean;
  /** How long to wait for another process that is writing; the default is 30 s. The thread waits, too. */
  readonly busyTimeoutMs?: number;
}

/** The part of a schema that one room owns: statements that may be run again and again. */
export interface Schema {
  readonly name: string;
  /** Raised when existing tables change; a file with another version is refused. */
  readonly version: number;
  readonly statements: string;
}

/**
 * A SQLite file that several processes of one machine read and write at the same time (WAL mode). Statements are
 * prepared once. Everything is synchronous and takes microseconds to a few milliseconds.
 */
export class Database {
  readonly #db: Libsql.Database;
  readonly #statements = new Map<string, Libsql.Statement>();
  #depth = 0;

  private constructor(
    readonly path: string,
    db: Libsql.Database,
  ) {
    this.#db = db;
  }

  /**
   * @param path of the file, made together with its folder when absent; `:memory:` for one of this connection alone
   * @throws `E_LEDGER` when the file is no database of ours or of another version, `E_IO`
   */
  static open(path: string, schemas: readonly Schema[], options: OpenDatabaseOptions = {}): Database {
    const { readOnly = false, busyTimeoutMs = 30_000 } = options;
    if (!readOnly && path !== ':memory:') {
      try {
        mkdirSync(dirname(path), { recursive: true });
      } catch (error) {
        throw fromSystemError(error, 'making the folder of', path);
      }
    }
    // The library would make an empty file, whatever it is told.
    if (readOnly && path !== ':memory:' && !path.startsWith('file:') && !existsSync(path)) {
      throw new TapemillError('E_IO', `reading ${path}: there is no such file`, { path });
    }
    let db: Libsql.Database | undefined;
    try {
      db = new Libsql(path);
      db.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
      if (readOnly) db.exec('PRAGMA query_only = ON');
      const database = new Database(path, db);
      if (!readOnly) {
        // WAL: readers never wait. NORMAL: a power cut may take back the last moments, but never tears the file;
        // whatever is lost is done again, or found in the layer's footers.
        db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      }
      database.#prepareSchemas(schemas, readOnly);
      return database;
    } catch (error) {
      db?.close();
      throw asLedgerError(error, path);
    }
  }

  get(sql: string, ...values: readonly SqlValue[]): SqlRow | undefined {
    return this.#run(() => this.#prepare(sql).get(...values) as SqlRow | undefined);
  }

  all(sql: string, ...values: readonly SqlValue[]): SqlRow[] {
    return this.#run(() => this.#prepare(sql).all(...values) as SqlRow[]);
  }

  /** @returns how many rows were changed */
  run(sql: string, ...values: readonly SqlValue[]): number {
    return this.#run(() => this.#prepare(sql).run(...values).changes);
  }

  /**
   * Runs `work`, which must be synchronous, as one transaction that no other writer interleaves with; all of it is
   * undone when it throws. May be nested.
   */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.#run(() => this.#db.exec('BEGIN IMMEDIATE'));
    this.#depth++;
    try {
      const result = work();
      this.#run(() => this.#db.exec('COMMIT'));
      return result;
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw error;
    } finally {
      this.#depth--;
    }
  }

  close(): void {
    // The library keeps the file open as long as there is a statement.
    this.#statements.clear();
    if (this.#db.open) this.#db.close();
  }

  #prepareSchemas(schemas: readonly Schema[], readOnly: boolean): void {
    const exists = (): boolean =>
      this.get("SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'schemas'") !==
      undefined;
    const prepare = (): void => {
      if (!readOnly) {
        this.#db.exec('CREATE TABLE IF NOT EXISTS schemas (name TEXT PRIMARY KEY, version INTEGER NOT NULL)');
      }
      for (const { name, version, statements } of schemas) {
        const row = exists() ? this.get('SELECT version FROM schemas WHERE name = ?', name) : undefined;
        if (row && row['version'] !== version) {
          throw new TapemillError(
            'E_LEDGER',
            `${this.path} has ${name} of version ${row['version']}, this tapemill has version ${version}; ` +
              'delete the file: it is made anew from the layer',
            { path: this.path, expected: String(version), found: String(row['version']) },
          );
        }
        if (row || readOnly) continue;
        this.#db.exec(statements);
        this.run('INSERT INTO schemas (name, version) VALUES (?, ?)', name, version);
      }
    };
    if (readOnly) prepare();
    // Looked at first without a lock: opening must not wait for whoever is writing.
    else if (!exists() || this.all('SELECT name FROM schemas').length < schemas.length)
      this.transaction(prepare);
    else prepare();
  }

  #prepare(sql: string): Libsql.Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #run<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw asLedgerError(error, this.path);
    }
  }
}

function isFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < 1 << 20;
  } catch {
    return false;
  }
}

/** Codes of SQLite to ours; what is no error of SQLite stays as it is. */
function asLedgerError(error: unknown, path: string): unknown {
  if (TapemillError.is(error) || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const say = (text: string): string => `${path}: ${text} (${error.message})`;
  // Files that SQLite maps into memory fail to grow with an error that does not say why.
  if (code.startsWith('SQLITE_FULL') || (code.startsWith('SQLITE_IOERR') && isFull(path))) {
    return new TapemillError('E_DISK_FULL', say('the disk is full'), { path }, { cause: error });
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new TapemillError(
      'E_LEDGER_BUSY',
      say('another process has been writing for too long'),
      { path },
      { cause: error },
    );
  }
  if (/^SQLITE_(NOTADB|CORRUPT|SCHEMA|ERROR|MISMATCH)/.test(code)) {
    return new TapemillError('E_LEDGER', say('is not a usable ledger'), { path }, { cause: error });
  }
  if (/^SQLITE_(CANTOPEN|IOERR|READONLY|PERM|AUTH)/.test(code)) {
    return new TapemillError('E_IO', say('cannot be read or written'), { path }, { cause: error });
  }
  return error;
}
