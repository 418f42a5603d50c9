import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { TapemillError } from '../errors.js';
import { type DateRange, parseRange } from '../time/index.js';
import { positiveInteger } from './options.js';

/** What is read from when nothing else is said. */
export const PUBLIC_ARCHIVE = 'https://data.binance.vision';

export const archiveOption = (): Option =>
  new Option('--archive <location>', 'URL or local folder that holds data/')
    .env('TAPEMILL_ARCHIVE')
    .default(PUBLIC_ARCHIVE);

export const indexOption = (): Option =>
  new Option(
    '--index <url>',
    "S3 listing of the archive (default: the public archive's own, else the root of --archive)",
  ).env('TAPEMILL_INDEX');

export const connectionsOption = (): Option =>
  new Option('--connections <n>', 'connections to the archive at the same time')
    .argParser(positiveInteger)
    .default(6);

/** Values of `addArchiveOptions`. */
export interface ArchiveOptions {
  readonly archive: string;
  readonly index?: string;
}

/** Values of `addNetworkOptions`. */
export interface NetworkLimits {
  readonly connections: number;
  readonly limitRate?: number;
}

/** Values of `addRangeOptions`. */
export interface RangeOptions {
  readonly start?: string;
  readonly end?: string;
}

export function addArchiveOptions(command: Command): Command {
  return command.addOption(archiveOption()).addOption(indexOption());
}

export function addNetworkOptions(command: Command): Command {
  return command
    .addOption(connectionsOption())
    .option('--limit-rate <bytes>', 'bytes a second to fetch at most (default: no limit)', positiveInteger);
}

export function addRangeOptions(command: Command): Command {
  return command
    .option('--start <date>', 'first day, YYYY-MM or YYYY-MM-DD (default: all that the archive has)')
    .option('--end <date>', 'last day, inclusive');
}

/** An absolute folder, or the URL as it is. */
export async function archiveLocation({ archive }: ArchiveOptions): Promise<string> {
  // Loading this takes longer than showing the help does.
  const { isHttpUrl } = await import('../archive/index.js');
  return isHttpUrl(archive) ? archive : resolve(archive);
}

/** @throws `E_USAGE`, `E_PERIOD` */
export function readRange({ start, end }: RangeOptions): DateRange | null {
  if (start === undefined && end === undefined) return null;
  if (start === undefined || end === undefined) {
    throw new TapemillError('E_USAGE', 'expected both --start and --end, or neither');
  }
  return parseRange(start, end);
}
