import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { ExportFormat, ExportManifest } from '../exports/index.js';
import { normalizeSymbol, parseMarket } from '../market/index.js';
import { parseFrequency } from '../time/index.js';
import { dataDirOption, marketOption } from './options.js';
import { StepProgress } from './step-progress.js';
import { formatBytes, formatCount } from './table.js';

const EXAMPLES = `Examples:
  tapemill dataset export --format parquet                                       all of the table as one file
  tapemill dataset export --format parquet --labels logret:1h,24h --split 2023-09-01,2023-11-01 --valid-only
  tapemill dataset export BTCUSDT ETHUSDT --format csv --columns 'close,volume,ls_*' --out small
  tapemill dataset export --format qlib --labels logret:4h --impute ffill:24     a folder for qlib.init
  tapemill dataset export --format parquet --freq 4h --market cm --json

Labels look into the future on purpose: their names begin with y_, and rows whose label reaches into the next part of a
split are left out and counted. docs/exports.md shows how to load what is written; manifest.json says what is in it.

`;

const EXIT_HELP = `
Exit status: 0 done, 2 an option or a column that does not exist, 4 a file of the table is damaged, 5 there is no table.`;

interface ExportOptions {
  readonly format: ExportFormat;
  readonly out?: string;
  readonly columns?: string;
  readonly labels?: string;
  readonly split?: string;
  readonly impute: string;
  readonly validOnly?: true;
  readonly freq: string;
  readonly market: string;
  readonly dataDir: string;
  readonly json?: true;
}

export function datasetExportCommand(): Command {
  return new Command('export')
    .description('write the wide table for training: Parquet, CSV or qlib, with labels and a split')
    .argument('[symbols...]', 'default: all symbols of the table')
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices(['parquet', 'csv', 'qlib'])
        .makeOptionMandatory(),
    )
    .option('--out <folder>', 'default: {data-dir}/exports/{market}_{freq}_{format}')
    .option('--columns <names>', 'names and globs, separated by commas (default: all)')
    .option('--labels <labels>', 'forward returns: logret:1h,4h,24h or ret:…')
    .option('--split <dates>', 'one date: train and test; two: train, valid and test; each begins a part')
    .option('--impute <how>', 'none, or ffill:n: the last value of at most n bars before', 'none')
    .option('--valid-only', 'only rows with is_valid_for_training = 1')
    .option('--freq <frequency>', 'length of a bar', '1h')
    .addOption(marketOption())
    .addOption(dataDirOption())
    .option('--json', 'print the manifest, without its list of files, and the folder')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_HELP)
    .action(runExport);
}

async function runExport(symbols: readonly string[], options: ExportOptions): Promise<void> {
  const frequency = parseFrequency(options.freq);
  // Loading these takes longer than showing the help does.
  const { exportDataset, parseColumns, parseFill, parseLabels, parseSplit } =
    await import('../exports/index.js');
  const progress = new StepProgress(process.stderr);
  const { folder, manifest } = await exportDataset({
    dataDir: resolve(options.dataDir),
    market: parseMarket(options.market),
    frequency,
    symbols: symbols.map(normalizeSymbol),
    format: options.format,
    out: options.out === undefined ? null : resolve(options.out),
    columns: parseColumns(options.columns),
    labels: options.labels === undefined ? [] : parseLabels(options.labels, frequency),
    split: options.split === undefined ? null : parseSplit(options.split),
    fill: parseFill(options.impute),
    validOnly: options.validOnly === true,
    onProgress: (done, all) => {
      progress.show(`exporting, ${done} of ${all} symbols`, done / all);
    },
  }).finally(() => {
    progress.clear();
  });
  if (options.json) {
    const { files, type, ...facts } = manifest;
    console.log(
      JSON.stringify({ type: 'dataset-export', folder, ...facts, files: files.length, manifest: type }),
    );
    return;
  }
  for (const line of summary(manifest)) console.log(line);
  console.log(`written: ${folder}`);
}

function summary({ columns, labels, rows, files, source, imputed_cells: imputed }: ExportManifest): string[] {
  const features = columns.filter(({ role }) => role === 'feature').length;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const left = [
    ...(rows.not_valid > 0 ? [`${formatCount(rows.not_valid)} not valid for training`] : []),
    ...(rows.purged > 0 ? [`${formatCount(rows.purged)} purged at the ends of parts`] : []),
  ];
  return [
    `${formatCount(rows.exported)} rows of ${formatCount(rows.read)}, ${source.symbols.length} symbols, ` +
      `${features} features, ${labels.length} labels; ${files.length} files, ${formatBytes(bytes)}`,
    ...(rows.parts.length > 1
      ? rows.parts.map(
          ({ name, rows: count, first, last }) =>
            `${name.padEnd(5)}  ${formatCount(count)} rows${first === null ? '' : `, ${first} … ${last ?? ''}`}`,
        )
      : []),
    ...(left.length > 0 ? [`left out: ${left.join(', ')}`] : []),
    ...(imputed > 0 ? [`imputed: ${formatCount(imputed)} cells`] : []),
  ];
}
