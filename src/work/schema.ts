import type { Schema } from '../sqlite/index.js';

/** Times in milliseconds since 1970, sizes in bytes; payloads, results and data are JSON. */
export const WORK_SCHEMA: Schema = {
  name: 'work',
  version: 1,
  statements: `
    CREATE TABLE tasks (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      grp TEXT NOT NULL,
      stage INTEGER NOT NULL,
      weight INTEGER NOT NULL,
      remote INTEGER NOT NULL,
      shard INTEGER NOT NULL,
      payload TEXT NOT NULL,
      state TEXT NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      losses INTEGER NOT NULL DEFAULT 0,
      fence INTEGER NOT NULL DEFAULT 0,
      owner TEXT,
      lease_until INTEGER,
      not_before INTEGER NOT NULL DEFAULT 0,
      code TEXT,
      reason TEXT,
      result TEXT,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      started_at INTEGER,
      finished_at INTEGER
    );
    CREATE INDEX tasks_by_turn ON tasks (state, stage DESC, weight DESC, id);
    CREATE INDEX tasks_by_group ON tasks (grp, stage, state);
    CREATE TABLE events (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      worker TEXT,
      key TEXT,
      grp TEXT,
      type TEXT NOT NULL,
      data TEXT
    );
    CREATE INDEX events_by_task ON events (key, id);
    CREATE INDEX events_by_time ON events (at);
    CREATE TABLE workers (
      id TEXT PRIMARY KEY,
      role TEXT NOT NULL DEFAULT 'worker',
      host TEXT NOT NULL,
      pid INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      heartbeat_at INTEGER NOT NULL,
      stopped_at INTEGER,
      rows INTEGER NOT NULL DEFAULT 0,
      bytes INTEGER NOT NULL DEFAULT 0,
      fetched INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE wants (
      crew TEXT NOT NULL,
      grp TEXT NOT NULL,
      PRIMARY KEY (crew, grp)
    ) WITHOUT ROWID;
    CREATE TABLE progress (
      key TEXT PRIMARY KEY,
      worker TEXT NOT NULL,
      phase TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      fetched INTEGER NOT NULL,
      advanced_at INTEGER NOT NULL
    );
  `,
};
