/** The local dashboard: a read-only JSON API over a data folder, its live status, and the page's files. docs/dashboard.md */
export type * from './api.js';
export { isLoopback, parseAllowedHost } from './hosts.js';
export { type Dashboard, type ServeOptions, startDashboard } from './server.js';
