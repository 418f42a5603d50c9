import { availableParallelism, constants } from 'node:os';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type CollectEvent, type CollectSummary, collect } from '../collect/index.js';
import { TapemillError } from '../errors.js';
import { parseMarket } from '../market/index.js';
import type { MissingPeriod } from '../layer/index.js';
import { type DateRange, parseRange } from '../time/index.js';
import type { RowAccount } from '../ticks/index.js';
import { addThresholdOptions, dataDirOption, marketOption, positiveInteger, readSymbols } from './options.js';
import { CollectProgress } from './progress.js';
import { formatBytes, formatCount, formatDuration } from './table.js';

const EXAMPLES = `Examples:
  tapemill collect RLCUSDT BSVUSDT --start 2026-04-13 --end 2026-04-19 --archive ../archive
  tapemill collect --symbols-file top100.txt --start 2020-01 --end 2025-02-15 --archive /mnt/binance --workers 4
  tapemill collect BTCUSD_PERP --market cm --archive /mnt/binance
  tapemill collect BTCUSDT --archive /mnt/binance --whale-usd 100000      other thresholds: months are milled anew

Writes {data-dir}/binance_aggTrades_1m_parquet/{SYMBOL}/{YYYY-MM}.parquet, the minute layer, and from it
{data-dir}/binance_aggTrades/{SYMBOL}_aggTrades.csv, .parquet and .csv.meta.json, the 1h factors.
What is there already and matches is left as it is.

`;

const EXIT_HELP = `
Exit status: 0 done, 1 failed, 2 wrong usage, 3 partial (holes or failed periods, everything else done),
4 data integrity, 5 no such symbol or period, 75 try again later (disk full), 130/143 stopped by a signal.`;

interface CollectOptions {
  readonly start?: string;
  readonly end?: string;
  readonly archive?: string;
  readonly dataDir: string;
  readonly market: string;
  readonly symbolsFile?: string;
  readonly workers: number;
  readonly whaleUsd: number;
  readonly retailUsd: number;
  readonly keepZip?: true;
  readonly prefer?: 'monthly' | 'daily';
  readonly json?: true;
}

export function collectCommand(): Command {
  const command = new Command('collect')
    .description('mill aggTrades of an archive into the minute layer and the 1h factors')
    .argument('[symbols...]', 'symbols as the archive names them')
    .option('--symbols-file <file>', 'more symbols, one a line; # starts a comment')
    .option('--start <date>', 'first day, YYYY-MM or YYYY-MM-DD (default: all that the archive has)')
    .option('--end <date>', 'last day, inclusive')
    .addOption(
      new Option('--archive <folder>', 'local copy of the archive: the folder that holds data/').env(
        'TAPEMILL_ARCHIVE',
      ),
    )
    .addOption(dataDirOption())
    .addOption(marketOption());
  return addThresholdOptions(command)
    .option('--workers <n>', 'months milled at the same time', positiveInteger, availableParallelism())
    .option('--keep-zip', 'keep the objects used, below {data-dir}/archive')
    .addOption(
      new Option(
        '--prefer <source>',
        'whose minutes count where a monthly object and daily ones differ (default: those with more fills)',
      ).choices(['monthly', 'daily']),
    )
    .option('--json', 'print events as NDJSON')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_HELP)
    .action(runCollect);
}

async function runCollect(named: string[], options: CollectOptions): Promise<void> {
  const range = readRange(options);
  if (options.archive === undefined) {
    throw new TapemillError(
      'E_USAGE',
      'expected --archive (or TAPEMILL_ARCHIVE): the folder that holds data/',
    );
  }
  if (/^https?:/i.test(options.archive)) {
    throw new TapemillError('E_USAGE', `--archive must be a local folder, found ${options.archive}`);
  }
  if (options.retailUsd >= options.whaleUsd) {
    throw new TapemillError(
      'E_USAGE',
      `--retail-usd must be below --whale-usd, found ${options.retailUsd} and ${options.whaleUsd}`,
    );
  }
  const symbols = await readSymbols(named, options.symbolsFile);
  const printer = options.json ? new JsonPrinter() : new LinePrinter();
  const interruption = watchSignals();
  try {
    const summary = await collect({
      archive: resolve(options.archive),
      dataDir: resolve(options.dataDir),
      market: parseMarket(options.market),
      symbols,
      range,
      thresholds: { whaleUsd: options.whaleUsd, retailUsd: options.retailUsd },
      workers: options.workers,
      keepZip: options.keepZip === true,
      prefer: options.prefer ?? null,
      signal: interruption.signal,
      onEvent: (event) => {
        printer.take(event);
      },
    });
    printer.end(summary);
    process.exitCode = summary.exitStatus;
  } catch (error) {
    printer.stop();
    if (!interruption.signal.aborted) throw error;
    if (options.json) {
      console.log(
        JSON.stringify({
          type: 'stopped',
          signal: interruption.name(),
          exitStatus: interruption.exitStatus(),
        }),
      );
    }
    console.error(`tapemill: stopped by ${interruption.name()}; what was finished is kept`);
    process.exitCode = interruption.exitStatus();
  } finally {
    interruption.release();
  }
}

function readRange({ start, end }: CollectOptions): DateRange | null {
  if (start === undefined && end === undefined) return null;
  if (start === undefined || end === undefined) {
    throw new TapemillError('E_USAGE', 'expected both --start and --end, or neither');
  }
  return parseRange(start, end);
}

/** The first SIGINT or SIGTERM stops cleanly, the second at once. */
function watchSignals(): {
  signal: AbortSignal;
  name: () => string;
  exitStatus: () => number;
  release: () => void;
} {
  const controller = new AbortController();
  let name: 'SIGINT' | 'SIGTERM' = 'SIGINT';
  const exitStatus = (): number => 128 + constants.signals[name];
  const onSignal = (received: 'SIGINT' | 'SIGTERM'): void => {
    name = received;
    if (controller.signal.aborted) process.exit(exitStatus());
    controller.abort(new Error(`stopped by ${received}`));
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    name: () => name,
    exitStatus,
    release: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}

interface Printer {
  take(event: CollectEvent): void;
  end(summary: CollectSummary): void;
  stop(): void;
}

/** NDJSON: every event but the frequent `bytes`, then one line of type `done`, `stopped` or `error` with the exit status. */
class JsonPrinter implements Printer {
  take(event: CollectEvent): void {
    if (event.type !== 'bytes') console.log(JSON.stringify(event));
  }

  end(summary: CollectSummary): void {
    console.log(JSON.stringify({ type: 'done', ...summary }));
  }

  stop(): void {
    // What was printed stands for itself.
  }
}

class LinePrinter implements Printer {
  readonly #progress = new CollectProgress(process.stderr);
  readonly #told = new Set<string>();

  take(event: CollectEvent): void {
    const failure = this.#failureOf(event);
    if (failure !== null) this.#progress.say(failure, process.stderr);
    for (const line of describe(event)) this.#progress.say(line, process.stdout);
    this.#progress.take(event);
  }

  /** A symbol that failed because of an object would only repeat what was said of the object. */
  #failureOf(event: CollectEvent): string | null {
    if (event.type !== 'object-failed' && event.type !== 'symbol-failed') return null;
    const { symbol, code, message } = event;
    if (this.#told.has(message)) return null;
    this.#told.add(message);
    return `${symbol}  ${event.type === 'object-failed' ? `${event.period}  ` : ''}failed: ${code}: ${message}`;
  }

  end(summary: CollectSummary): void {
    this.#progress.end();
    const { seconds, rows, bytes, objectsMilled, monthsBuilt, monthsReused } = summary;
    console.log(
      `${formatCount(monthsBuilt)} months built from ${formatCount(objectsMilled)} objects ` +
        `(${formatBytes(bytes)}, ${formatCount(rows)} rows), ${formatCount(monthsReused)} reused, ` +
        `in ${seconds < 10 ? `${seconds.toFixed(1)} s` : formatDuration(seconds)}` +
        (rows > 0 ? `, ${formatCount(Math.round(rows / seconds))} rows/s` : ''),
    );
    const { symbolsDone, symbolsPartial, symbolsFailed } = summary;
    if (symbolsPartial + symbolsFailed > 0) {
      console.log(`symbols: ${symbolsDone} complete, ${symbolsPartial} partial, ${symbolsFailed} failed`);
    }
  }

  stop(): void {
    this.#progress.end();
  }
}

/** Lines worth keeping; most events have none. */
function describe(event: CollectEvent): string[] {
  switch (event.type) {
    case 'planned':
      return [
        ...describeMissing(event.symbol, event.missingPeriods),
        ...event.notes.map((note) => `${event.symbol}  ${note}`),
      ];
    case 'month-started':
      return [`${event.symbol}  ${event.month}  building: ${event.reason}`];
    case 'object-milled':
      return describeAccount(event.object, event.account, event.checksum);
    case 'month-written':
      return [
        `${event.symbol}  ${event.month}  ${formatCount(event.minutes)} minutes from ${formatCount(event.rows)} ticks`,
        ...event.notes.map((note) => `${event.symbol}  ${event.month}  ${note}`),
      ];
    case 'symbol-settled':
      return [
        `${event.symbol}  1h  ${formatCount(event.bars)} bars, ${event.dataStatus}, ` +
          `${event.status}${event.reason === null ? '' : ` (${event.reason})`}: ${event.csv}`,
      ];
    case 'object-failed':
    case 'symbol-failed':
    case 'bytes':
      return [];
  }
}

/** Holes one by one; days before the first and after the last object in one line each. */
function describeMissing(symbol: string, missing: readonly MissingPeriod[]): string[] {
  const holes = missing.filter(({ reason }) => reason === 'not listed');
  const lines = holes.map(({ period }) => `${symbol}  ${period}  hole: the archive has no object`);
  for (const reason of ['before listing', 'after delisting'] as const) {
    const periods = missing.filter((period) => period.reason === reason);
    const [first, last] = [periods[0], periods.at(-1)];
    if (!first || !last) continue;
    const span = first === last ? first.period : `${first.period} … ${last.period}`;
    lines.push(
      `${symbol}  ${span}  ${reason === 'before listing' ? 'before its first' : 'after its last'} object`,
    );
  }
  return lines;
}

function describeAccount(object: string, account: RowAccount, checksum: 'verified' | 'missing'): string[] {
  const parts = [
    [account.duplicate, 'duplicate'],
    [account.sentinel, 'sentinel'],
    [account.outside, 'outside the period'],
    [account.malformed, 'malformed'],
    [account.zeroQuantity, 'of zero quantity'],
    [account.conflictingIds, 'with a conflicting id'],
    [account.outOfOrder, 'out of order'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  if (account.missingAggIds > 0) {
    said.push(
      `${formatCount(account.missingAggIds)} ids missing in ${formatCount(account.missingAggIdRanges)} ranges`,
    );
  }
  if (checksum === 'missing') said.push('no .CHECKSUM');
  const name = object.split('/').at(-1)!;
  return said.length === 0 ? [] : [`  ${name}: ${formatCount(account.rows)} rows, ${said.join(', ')}`];
}
