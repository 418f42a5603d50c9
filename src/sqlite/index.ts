/** One SQLite file shared by the processes of a machine. Knows nothing of what is in it. */
export { Database, type OpenDatabaseOptions, type Schema, type SqlRow, type SqlValue } from './database.js';
