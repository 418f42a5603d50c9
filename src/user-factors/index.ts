/** Files of the user's own factors: loaded, checked, hashed. */
export { type LoadedFile, type UserFactors, loadUserFactors } from './load.js';
