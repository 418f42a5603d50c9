/** Files of the user's own factors: loaded, checked, hashed. */
export { type UserFactors, loadUserFactors } from './load.js';
export type { LoadedFile } from './module-hooks.js';
