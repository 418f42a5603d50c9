import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { fromSystemError } from '../errors.js';
import { AtomicFile, type FactorPaths, type Publish } from '../layer/index.js';
import type { FileFacts } from './meta.js';

/** What the meta file says of the files beside it. */
export interface TableFacts {
  readonly csv: FileFacts;
  readonly parquet: FileFacts;
}

/**
 * Writes a table as CSV and Parquet and what is to be known of it as JSON, and puts all three in their places together,
 * the meta file last. Until then, and when anything fails, the old files stay as they are.
 * @param fill writes the rows; returns the meta data, which is asked for when both files are closed
 * @throws what `fill` and `publish` throw; `E_DISK_FULL`, `E_IO`
 */
export async function writeTableFiles<Meta>(
  paths: FactorPaths,
  publish: Publish | undefined,
  fill: (csv: AtomicFile, parquet: AtomicFile) => Promise<(files: TableFacts) => Meta>,
): Promise<Meta> {
  const csv = await AtomicFile.create(paths.csv);
  let parquet: AtomicFile | undefined;
  let metaFile: AtomicFile | undefined;
  try {
    parquet = await AtomicFile.create(paths.parquet);
    const describe = await fill(csv, parquet);
    const meta = describe({
      csv: { name: basename(paths.csv), ...(await csv.seal()) },
      parquet: { name: basename(paths.parquet), ...(await parquet.seal()) },
    });
    metaFile = await AtomicFile.create(paths.meta);
    await metaFile.write(Buffer.from(`${JSON.stringify(meta, null, 2)}\n`));
    await metaFile.seal();
    // From here until the new meta file is there, the files are nobody's: a crash must not leave the old one.
    await AtomicFile.publishAll([csv, parquet, metaFile], publish, () => {
      rmSync(paths.meta, { force: true });
    });
    return meta;
  } catch (error) {
    await Promise.all([csv.abort(), parquet?.abort(), metaFile?.abort()]);
    throw fromSystemError(error, 'writing', paths.csv);
  }
}
