import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Archive, SurveyedSymbol, SymbolKind } from '../archive/index.js';
import { TapemillError } from '../errors.js';
import { DATA_TYPES, type DataType, parseMarket } from '../market/index.js';
import { archiveOption, connectionsOption, indexOption } from './archive-options.js';
import { dataDirOption, marketOption } from './options.js';
import { formatBytes, formatCount, formatTable } from './table.js';

const EXAMPLES = `Examples:
  tapemill symbols                                        all USDT-margined futures that have aggTrades
  tapemill symbols --market cm --kind delivery            coin-margined contracts with an expiry
  tapemill symbols --ranges                               from when to when, how much, and whether it still goes on
  tapemill symbols --kind perpetual > all.txt && tapemill collect --symbols-file all.txt
  tapemill symbols --data-type klines --interval 1m --ranges --json

`;

const HELP = `
Delisted symbols are among them. What a symbol is (perpetual, delivery, settled, spot, pair) follows from its name.
At a terminal names are in columns; else there is one a line, with --ranges its fields separated by tabs:
symbol, kind, first day, last day, objects, bytes, and active or ended. A symbol whose last day is more than ten days
before the last one of all has ended: it was delisted, expired or halted. Nothing is written to the data folder.

Exit status: 0 done, 1 failed, 2 wrong usage, 5 no such symbols, 75 try again later (network).`;

/** What `SYMBOL_KINDS` of the archive are; said here, too, so that help needs nothing of it. */
const KINDS: readonly SymbolKind[] = ['perpetual', 'delivery', 'settled', 'spot', 'pair'];

interface Options {
  readonly market: string;
  readonly dataType: DataType;
  readonly interval?: string;
  readonly archive: string;
  readonly index?: string;
  readonly connections: number;
  readonly dataDir: string;
  readonly kind?: readonly SymbolKind[];
  readonly ranges?: true;
  readonly json?: true;
}

export function symbolsCommand(): Command {
  return new Command('symbols')
    .description('list the symbols that an archive has, delisted ones too')
    .addHelpText('before', EXAMPLES)
    .addOption(marketOption())
    .addOption(
      new Option('--data-type <type>', 'data that they have').choices(DATA_TYPES).default('aggTrades'),
    )
    .option('--interval <interval>', 'of klines, for --ranges: 1m, 1h …')
    .option('--kind <kinds>', `only those of these kinds, out of ${KINDS.join(',')}`, parseKinds)
    .option(
      '--ranges',
      'list the objects of each: first and last day, how many, bytes, whether there are new ones',
    )
    .addOption(archiveOption())
    .addOption(indexOption())
    .addOption(connectionsOption())
    .addOption(dataDirOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { dataType, interval, kind, json } = options;
  const market = parseMarket(options.market);
  // Loading it takes longer than showing the help does.
  const { assertInterval, isHttpUrl, openArchive, surveySymbols, symbolKind, yardsticksOf } =
    await import('../archive/index.js');
  if (options.ranges || interval !== undefined) assertInterval(dataType, interval);
  const location = isHttpUrl(options.archive) ? options.archive : resolve(options.archive);
  const lost = new AbortController();
  let listed: readonly string[] | null = null;
  const archive = openArchive(
    location,
    {
      dataDir: resolve(options.dataDir),
      indexCache: 'read',
      connections: options.connections,
      ...(options.index === undefined ? {} : { index: options.index }),
    },
    {
      signal: lost.signal,
      // To ask for every object of hundreds of symbols one by one would take days.
      onEvent: (event) => {
        if (event.type === 'no-index' && listed !== null) {
          lost.abort(new TapemillError('E_INDEX', `${event.index}: ${event.reason}`, { url: event.index }));
        }
      },
    },
  );
  try {
    listed = await archive.symbols(market, dataType);
    const symbols = listed.filter((symbol) => kind?.includes(symbolKind(market, symbol)) ?? true);
    if (symbols.length === 0) throw nothing(archive, options, listed.length);
    const facts = { archive: archive.location, market, dataType };
    if (!options.ranges) {
      const found = symbols.map((symbol) => ({ symbol, kind: symbolKind(market, symbol) }));
      print(json ? [JSON.stringify({ ...facts, symbols: found })] : nameLines(symbols));
      return;
    }
    const progress = progressLine();
    const surveyed = await surveySymbols(archive, {
      ...{ market, dataType, symbols, yardsticks: yardsticksOf(listed), onProgress: progress.show },
      ...(interval === undefined ? {} : { interval }),
    }).finally(progress.end);
    print(json ? [JSON.stringify({ ...facts, symbols: surveyed })] : rangeLines(surveyed));
  } finally {
    await archive.close?.();
  }
}

function nothing(archive: Archive, { market, dataType, kind }: Options, all: number): TapemillError {
  const of = kind && all > 0 ? ` of kind ${kind.join(' or ')}; it has ${all} others` : '';
  return new TapemillError('E_NOT_FOUND', `${archive.location} has no ${market} ${dataType} symbols${of}`);
}

function parseKinds(text: string): readonly SymbolKind[] {
  return text.split(',').map((name) => {
    const kind = KINDS.find((candidate) => candidate === name);
    if (!kind) throw new InvalidArgumentError(`expected kinds out of ${KINDS.join(', ')}.`);
    return kind;
  });
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Down the columns, as `ls` does. */
function nameLines(symbols: readonly string[]): readonly string[] {
  if (!process.stdout.isTTY) return symbols;
  const width = Math.max(...symbols.map(displayWidth)) + 2;
  const columns = Math.max(1, Math.floor(process.stdout.columns / width));
  const rows = Math.ceil(symbols.length / columns);
  return Array.from({ length: rows }, (_, row) =>
    symbols
      .filter((_symbol, at) => at % rows === row)
      .map((symbol) => symbol + ' '.repeat(width - displayWidth(symbol)))
      .join('')
      .trimEnd(),
  );
}

/** Chinese characters take two places. */
function displayWidth(text: string): number {
  return text.length + (text.match(/\p{Script=Han}/gu)?.length ?? 0);
}

function rangeLines(symbols: readonly SurveyedSymbol[]): readonly string[] {
  const state = (active: boolean): string => (active ? 'active' : 'ended');
  if (!process.stdout.isTTY) {
    return symbols.map(({ symbol, kind, firstDay, lastDay, objects, bytes, active }) =>
      [symbol, kind, firstDay ?? '', lastDay ?? '', objects, bytes, state(active)].join('\t'),
    );
  }
  const rows = symbols.map((it) => [
    ...[it.symbol, it.kind, it.firstDay ?? '', it.lastDay ?? '', formatCount(it.objects)],
    ...[formatBytes(it.bytes), state(it.active)],
  ]);
  return formatTable(['symbol', 'kind', 'first day', 'last day', 'objects', 'bytes', 'state'], rows);
}

/** On a terminal only: lists of many symbols take a minute. */
function progressLine(): { readonly show: (done: number, all: number) => void; readonly end: () => void } {
  if (!process.stderr.isTTY) return { show: () => undefined, end: () => undefined };
  return {
    show: (done, all) => process.stderr.write(`\r\u001b[K${done} of ${all} symbols`),
    end: () => process.stderr.write('\r\u001b[K'),
  };
}
