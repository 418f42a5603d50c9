import { Command, Option } from 'commander';
import type { PreviewedSymbol } from '../collect/index.js';
import { ERROR_KINDS, EXIT } from '../errors.js';
import { type CollectionOptions, addCollectionOptions, readCollection } from './collection-options.js';
import { queueOption, shardOption } from './options.js';
import { formatBytes, formatCount, formatTable } from './table.js';

const EXAMPLES = `Examples:
  tapemill plan BTCUSDT --start 2023-01 --end 2023-12                 months, objects and bytes that collect would read
  tapemill plan BTCUSDT --start 2023-01 --end 2023-12 --objects       and each object with the reason
  tapemill plan BTCUSDT --data-type klines,metrics --interval 1h,1m --start 2024-01 --end 2024-06
  tapemill plan --symbols-file top100.txt --start 2020-01 --end 2025-02-15 --json

Takes the options of collect, and does nothing: no object is fetched, nothing is written. What is in the data folder
already and would be reused is not counted.

`;

const EXIT_HELP = `
Exit status: 0 done (holes and reasons are in the output), 2 wrong usage, 5 no such symbol or period (of none asked for),
75 try again later (network).`;

interface PlanOptions extends CollectionOptions {
  readonly objects?: true;
  readonly json?: true;
}

export function planCommand(): Command {
  const command = new Command('plan').description('what collect would fetch and mill; nothing is done');
  return addCollectionOptions(command)
    .addOption(queueOption())
    .addOption(shardOption())
    .addOption(
      new Option('--prefer <source>', 'as of collect: what was made otherwise is built anew').choices([
        'monthly',
        'daily',
      ]),
    )
    .option('--objects', 'list every object')
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_HELP)
    .action(plan);
}

async function plan(named: string[], options: PlanOptions): Promise<void> {
  const request = await readCollection(named, options);
  const { archive, market } = request;
  const { previewCollection } = await import('../collect/index.js');
  const previewed: PreviewedSymbol[] = [];
  const isWatched = process.stderr.isTTY && !options.json;
  for await (const symbol of previewCollection({ ...request, keepZip: false })) {
    previewed.push(symbol);
    if (isWatched) process.stderr.write(`\r\u001b[2K${previewed.length} planned`);
  }
  if (isWatched) process.stderr.write('\r\u001b[2K');
  const total = totalOf(previewed);
  if (options.json)
    console.log(JSON.stringify({ type: 'plan', archive, market, ...total, symbols: previewed }));
  else print(previewed, options.objects === true);
  const failures = previewed.flatMap(({ failure }) => (failure ? [failure] : []));
  const isNothingThere = failures.length === previewed.length && failures.length > 0;
  process.exitCode = isNothingThere ? ERROR_KINDS[failures[0]!.code].exit : EXIT.done;
}

function totalOf(symbols: readonly PreviewedSymbol[]): Record<string, number> {
  const sum = (of: (symbol: PreviewedSymbol) => number): number => symbols.reduce((n, one) => n + of(one), 0);
  return {
    objects: sum(({ objects }) => objects.length),
    bytes: sum(({ bytes }) => bytes),
    monthsToBuild: sum(({ monthsToBuild }) => monthsToBuild),
    monthsReused: sum(({ monthsReused }) => monthsReused),
    holes: sum((symbol) => holesOf(symbol).length),
  };
}

const holesOf = ({ missing }: PreviewedSymbol): string[] =>
  missing.filter(({ reason }) => reason === 'not listed').map(({ period }) => period);

const nameOf = ({ stream, symbol }: PreviewedSymbol): string =>
  stream === 'aggTrades' ? symbol : `${symbol} ${stream}`;

function print(symbols: readonly PreviewedSymbol[], withObjects: boolean): void {
  const rows = symbols
    .filter(({ failure }) => failure === null)
    .map((symbol) => [
      nameOf(symbol),
      formatCount(symbol.monthsToBuild),
      formatCount(symbol.monthsReused),
      formatCount(symbol.objects.length),
      formatBytes(symbol.bytes),
      formatCount(holesOf(symbol).length),
    ]);
  const total = totalOf(symbols);
  if (rows.length > 1) {
    rows.push([
      'total',
      formatCount(total['monthsToBuild']!),
      formatCount(total['monthsReused']!),
      formatCount(total['objects']!),
      formatBytes(total['bytes']!),
      formatCount(total['holes']!),
    ]);
  }
  const header = ['symbol', 'months to build', 'reused', 'objects', 'bytes', 'holes'];
  if (rows.length > 0) console.log(formatTable(header, rows).join('\n'));
  for (const symbol of symbols) {
    if (symbol.failure) console.log(`${nameOf(symbol)}  ${symbol.failure.code}: ${symbol.failure.message}`);
    const holes = holesOf(symbol);
    if (holes.length > 0) console.log(`${nameOf(symbol)}  holes: ${holes.join(', ')}`);
    for (const note of symbol.notes) console.log(`${nameOf(symbol)}  ${note}`);
    if (!withObjects) continue;
    for (const { key, bytes, reason } of symbol.objects) {
      console.log(`  ${key}  ${formatBytes(bytes)}  (${reason})`);
    }
  }
}
