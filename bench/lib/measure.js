// @ts-check
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { THREADS } from './contenders.js';

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * @typedef {object} Measurement
 * @property {number} seconds of the work alone, without start-up and imports
 * @property {number} cpuSeconds of all threads during the work, user and system
 * @property {number | null} [othersCpuSeconds] of all other processes meanwhile
 * @property {number} peakRssBytes of the process
 * @property {number} [bytes]
 */

/**
 * Runs a contender once in a fresh process.
 * @param {import('./contenders.js').Contender} contender
 * @param {object} job
 * @param {string} python
 * @returns {Promise<Measurement>}
 */
export async function measure({ id, module }, job, python) {
  const text = JSON.stringify(job);
  const [command, args] = module.endsWith('.py')
    ? [python, [here(`../contenders/${module}`), text]]
    : [process.execPath, [here('child.js'), module, text]];
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, POLARS_MAX_THREADS: String(THREADS) },
  });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (errors += chunk));
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  if (status !== 0 || !last.startsWith('{'))
    throw new Error(`${id} ended with ${status}: ${errors || output}`);
  return JSON.parse(last);
}
