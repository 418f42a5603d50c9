/** Looking at a queue of collections: a snapshot of where it stands, and how people see it. Nothing is written. */
export type * from './snapshot.js';
export { type StatusOptions, DEFAULT_STALL_MS, readStatus } from './read-status.js';
export { exitStatusOf } from './verdict.js';
export { type LedgerView, openLedgerView } from './open-ledger.js';
export { type TaskHistory, readHistory } from './history.js';
export { type RenderOptions, renderStatus } from './render-status.js';
export { type LiveOptions, renderLine, renderLiveBlock } from './render-live.js';
export { renderHistory } from './render-history.js';
export { type Frame, type ScreenOptions, type ScreenStream, LiveScreen } from './live-screen.js';
export { type Cell, type Column, layOut } from './columns.js';
export { Style, type StyleOptions, type Tone, styleFor } from './style.js';
export { displayWidth, fit, pad, plain, wrap } from './text.js';
export { bytesText, durationText, plural } from './format.js';
