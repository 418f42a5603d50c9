/** What is remembered: objects, tasks, workers, requests. One SQLite file for the processes of a machine. */
export { Ledger, type LedgerOptions, ledgerPath } from './ledger.js';
export { type MilledFacts, type ObjectRecord, ObjectTable, isSame } from './objects.js';
export { type Subject, type SubjectRequest, RequestTable } from './requests.js';
export { MonthFileTable } from './month-files.js';
export { type RebuiltLedger, rebuildLedger } from './rebuild.js';
export { LEDGER_SCHEMA } from './schema.js';
