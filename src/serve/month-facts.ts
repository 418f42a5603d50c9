import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TapemillError, fromSystemError, isSystemError } from '../errors.js';
import { readImportFacts } from '../imports/index.js';
import { readLayerFacts } from '../layer/index.js';
import type { Market } from '../market/index.js';
import { readSourceFacts } from '../sources/index.js';
import type { Period } from '../time/index.js';
import type { MonthAnswer, ObjectInfo } from './api.js';
import type { CoverageRoom } from './coverage.js';
import type { QualityRoom } from './quality.js';
import { type DataFolder, dataFolders } from './series-folders.js';

export interface MonthRequest {
  readonly market: Market;
  readonly symbol: string;
  readonly dataType: string;
  readonly month: Period;
}

type Footer = Pick<
  MonthAnswer,
  'version' | 'schemaVersion' | 'createdAtUtc' | 'objects' | 'missing' | 'comparison'
>;

/**
 * Everything that the footer of one month file says, and the audit of its days.
 * @throws `E_NO_LAYER` when there is no such file; `E_USAGE` for a data type that the folder does not have; `E_LAYER`, `E_IO`
 */
export async function monthFacts(
  dataDir: string,
  { market, symbol, dataType, month }: MonthRequest,
  coverage: CoverageRoom,
  quality: QualityRoom,
): Promise<MonthAnswer> {
  const folders = await dataFolders(dataDir, market);
  const folder = folders.find((candidate) => candidate.dataType === dataType);
  if (!folder) {
    const expected = folders.map((candidate) => candidate.dataType).join(', ');
    throw new TapemillError('E_NO_LAYER', `there is nothing of the data type "${dataType.slice(0, 40)}"`, {
      expected: expected === '' ? 'nothing is collected yet' : expected,
      found: dataType.slice(0, 40),
    });
  }
  const path = join(folder.root, symbol, `${month.key}.parquet`);
  const file = await stat(path).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return null;
    throw fromSystemError(error, 'looking at', path);
  });
  const summary = file && folder.holds(symbol) ? await coverage.summary(folder, path) : null;
  if (!file || !summary) {
    throw notThere(`${month.key} of ${symbol} (${market}, ${dataType})`);
  }
  return {
    ...{ market, symbol, dataType, month: month.key, share: summary.share, state: summary.state },
    file: { name: basename(path), bytes: file.size, writtenAtMs: Math.floor(file.mtimeMs) },
    ...(await footerOf(folder, path)),
    audit: dataType === 'aggTrades' ? await quality.ofMonth(market, symbol, month.key) : null,
  };
}

async function footerOf({ dataType }: DataFolder, path: string): Promise<Footer> {
  if (dataType.startsWith('import:')) {
    const facts = await readImportFacts(path);
    if (!facts) throw notThere(path);
    const { tapemillVersion, schemaVersion, sources } = facts;
    return {
      version: tapemillVersion,
      schemaVersion,
      createdAtUtc: null,
      objects: sources.map(({ file, bytes, sha256, account, rows }): ObjectInfo => ({
        key: file,
        period: null,
        ...{ bytes, sha256, checksum: null, rows: account.rows, accepted: rows },
        account: { ...account },
      })),
      missing: [],
      comparison: null,
    };
  }
  const facts = dataType === 'aggTrades' ? await readLayerFacts(path) : await readSourceFacts(path);
  return {
    version: facts.tapemillVersion,
    schemaVersion: facts.schemaVersion,
    createdAtUtc: 'createdAtUtc' in facts ? facts.createdAtUtc : null,
    objects: facts.sources.map(({ key, period, bytes, sha256, checksum, account }): ObjectInfo => ({
      ...{ key, period, bytes, sha256, checksum, rows: account.rows, accepted: account.accepted },
      account: { ...account },
    })),
    missing: facts.missingPeriods,
    comparison: facts.comparison,
  };
}

function notThere(what: string): TapemillError {
  return new TapemillError('E_NO_LAYER', `there is no month ${what}`);
}
