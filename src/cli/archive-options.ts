import { Option } from 'commander';
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
