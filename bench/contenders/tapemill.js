// @ts-check
/** ZIP, its SHA-256 compared with the .CHECKSUM, to the finished month file on disk: the path of one month in `collect`. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DEFAULT_THRESHOLDS,
  LAYER_SCHEMA_VERSION,
  LocalArchive,
  VERSION,
  aggregateAggTrades,
  monthPath,
  readMonth,
  writeMonth,
} from '../../dist/index.js';
import { COLUMNS } from '../lib/columns.js';

/** @param {any} job */
export async function load({ archive, months: [{ symbol, entry }], month, out }) {
  const dataDir = join(out, 'tapemill');
  await rm(dataDir, { recursive: true, force: true });
  const work = async () => {
    const object = await new LocalArchive(archive).open(entry);
    const { facts } = object;
    const { bars, account } = await aggregateAggTrades(() => object.read(), {
      market: 'um',
      symbol,
      period: month,
    });
    await object.close();
    const { key, bytes, sha256, checksum, member: memberName, memberBytes, crc32 } = facts;
    await writeMonth(monthPath(dataDir, 'um', symbol, month), bars, {
      ...{ schemaVersion: LAYER_SCHEMA_VERSION, tapemillVersion: VERSION },
      ...{ market: 'um', symbol, period: month, thresholds: DEFAULT_THRESHOLDS, contractSizeUsd: null },
      sources: [{ key, period: month, bytes, sha256, checksum, memberName, memberBytes, crc32, account }],
      ...{ missingPeriods: [], comparison: null, createdAtUtc: null },
    });
    return checksum;
  };
  const finish = async (/** @type {string} */ checksum) => {
    if (checksum !== 'verified') throw new Error(`the checksum of ${entry.key} is ${checksum}`);
    return { table: await readBack(dataDir, symbol, month) };
  };
  return { work, finish };
}

/** What is checked is the file, not what was in memory. @param {string} dataDir @param {string} symbol @param {string} month */
export async function readBack(dataDir, symbol, month) {
  const { bars } = await readMonth(monthPath(dataDir, 'um', symbol, month));
  return COLUMNS.map((name) => bars.columns[/** @type {'minute'} */ (name)]);
}
