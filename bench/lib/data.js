// @ts-check
import { spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { ObjectFile } from '../../dist/archive/file.js';
import { findMember } from '../../dist/archive/member.js';
import { LocalArchive } from '../../dist/index.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SYMBOLS = /** @type {const} */ (['BTCUSDT', 'ETHUSDT']);
export const MONTH = '2024-01';

/**
 * One simulated month of two symbols, and the first one's CSV on its own. Made on the first run and kept in
 * bench/work/; remove that folder to have them made anew.
 * @param {number} rows of each month
 */
export async function prepareData(rows) {
  const folder = join(ROOT, 'bench', 'work', `${rows}-rows`);
  const archive = join(folder, 'archive');
  simulate(archive, rows);
  const local = new LocalArchive(archive);
  const months = [];
  for (const symbol of SYMBOLS) {
    const [entry] = await local.list({ market: 'um', dataType: 'aggTrades', symbol });
    const zip = join(archive, ...entry.key.split('/'));
    const file = await ObjectFile.open(zip, entry.key);
    const { dataOffset, compressedBytes, bytes } = await findMember(file);
    await file.close();
    months.push({ symbol, entry, zip, member: { dataOffset, compressedBytes, bytes } });
  }
  const [{ entry, member, symbol }] = months;
  const csv = join(folder, `${symbol}.csv`);
  if (!existsSync(csv) || statSync(csv).size !== member.bytes) {
    process.stderr.write(`extracting ${symbol}.csv for those that read plain CSV\n`);
    const object = await local.open(entry);
    await pipeline(Readable.from(object.read()), createWriteStream(`${csv}.part`));
    await object.close();
    renameSync(`${csv}.part`, csv);
  }
  const out = join(folder, 'out');
  mkdirSync(out, { recursive: true });
  return { folder, archive, csv, out, months, rows, month: MONTH };
}

/** @param {string} archive @param {number} rows */
function simulate(archive, rows) {
  const fresh = !existsSync(join(archive, 'simulation.json'));
  if (fresh)
    process.stderr.write(
      `simulating ${SYMBOLS.join(' and ')} ${MONTH}, ${rows} ticks each, into bench/work/\n`,
    );
  const { status } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'bin', 'tapemill.js'),
      ...['simulate', '--out', archive, '--symbols', SYMBOLS.join(','), '--ticks', String(rows)],
      ...['--start', MONTH, '--end', MONTH, '--monthly-only', '--sources', 'aggTrades'],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (status !== 0) throw new Error('the simulator failed');
}
