import type { Schema } from '../sqlite/index.js';

/** Times in milliseconds since 1970, sizes in bytes; account, facts and request are JSON. */
export const LEDGER_SCHEMA: Schema = {
  name: 'ledger',
  version: 1,
  statements: `
    CREATE TABLE objects (
      key TEXT PRIMARY KEY,
      market TEXT NOT NULL,
      stream TEXT NOT NULL,
      symbol TEXT NOT NULL,
      period TEXT NOT NULL,
      archive TEXT,
      bytes INTEGER NOT NULL,
      etag TEXT,
      last_modified TEXT,
      sha256 TEXT,
      stated_sha256 TEXT,
      account TEXT,
      revision INTEGER NOT NULL,
      seen_at INTEGER NOT NULL,
      milled_at INTEGER
    );
    CREATE INDEX objects_by_subject ON objects (market, stream, symbol, period);
    CREATE TABLE revisions (
      key TEXT NOT NULL,
      revision INTEGER NOT NULL,
      archive TEXT,
      bytes INTEGER NOT NULL,
      etag TEXT,
      last_modified TEXT,
      sha256 TEXT,
      stated_sha256 TEXT,
      account TEXT,
      milled_at INTEGER,
      PRIMARY KEY (key, revision)
    );
    CREATE TABLE month_files (
      path TEXT PRIMARY KEY,
      bytes INTEGER NOT NULL,
      mtime_ns TEXT NOT NULL,
      facts TEXT NOT NULL
    );
    CREATE TABLE requests (
      market TEXT NOT NULL,
      stream TEXT NOT NULL,
      symbol TEXT NOT NULL,
      request TEXT NOT NULL,
      asked_at INTEGER NOT NULL,
      PRIMARY KEY (market, stream, symbol)
    );
  `,
};
