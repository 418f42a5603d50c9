import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { KnownDefect } from '../archive/index.js';
import type { CollectRequest } from '../collect/index.js';
import { parseMarket } from '../market/index.js';
import type { Shard } from '../work/index.js';
import {
  type ArchiveOptions,
  type NetworkLimits,
  type RangeOptions,
  addArchiveOptions,
  addNetworkOptions,
  addRangeOptions,
  archiveLocation,
  readRange,
} from './archive-options.js';
import {
  type ThresholdOptions,
  addThresholdOptions,
  dataDirOption,
  marketOption,
  readSymbols,
  readThresholds,
} from './options.js';
import { type StreamOptions, addStreamOptions, readStreams } from './stream-options.js';

/** What says what to collect, for `collect`, which does it, and `plan`, which does not. */
export interface CollectionOptions
  extends ArchiveOptions, NetworkLimits, RangeOptions, StreamOptions, ThresholdOptions {
  readonly dataDir: string;
  readonly market: string;
  readonly symbolsFile?: string;
  readonly queue?: string;
  readonly shard?: Shard;
  readonly prefer?: 'monthly' | 'daily';
  readonly knownDefects?: string;
}

/** All of them but `--queue`, `--shard` and `--prefer`. */
export function addCollectionOptions(command: Command): Command {
  command
    .argument('[symbols...]', 'symbols as the archive names them')
    .option('--symbols-file <file>', 'more symbols, one a line; # starts a comment');
  addRangeOptions(command);
  addStreamOptions(command);
  addArchiveOptions(command);
  addNetworkOptions(command);
  command
    .addOption(dataDirOption())
    .addOption(marketOption())
    .option('--known-defects <file>', 'JSON list of known bad objects to tell of, beside the built-in ones');
  return addThresholdOptions(command);
}

/** @throws `E_USAGE`, `E_PERIOD`, `E_SYMBOL`, `E_IO` */
export async function readCollection(
  named: readonly string[],
  options: CollectionOptions,
): Promise<Omit<CollectRequest, 'workers' | 'keepZip'>> {
  const range = readRange(options);
  const thresholds = readThresholds(options);
  const symbols = await readSymbols(named, options.symbolsFile);
  return {
    ...{ symbols, range, thresholds },
    ...readStreams(options),
    archive: await archiveLocation(options),
    market: parseMarket(options.market),
    dataDir: resolve(options.dataDir),
    ...(options.queue === undefined ? {} : { queue: resolve(options.queue) }),
    shard: options.shard ?? null,
    prefer: options.prefer ?? null,
    ...(options.knownDefects === undefined ? {} : { knownDefects: await withOwn(options.knownDefects) }),
    network: {
      connections: options.connections,
      bytesPerSecond: options.limitRate ?? null,
      ...(options.index === undefined ? {} : { index: options.index }),
    },
  };
}

async function withOwn(path: string): Promise<readonly KnownDefect[]> {
  const { KNOWN_DEFECTS, readDefectsFile } = await import('../archive/index.js');
  return [...KNOWN_DEFECTS, ...(await readDefectsFile(path))];
}
