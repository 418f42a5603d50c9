import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, TapemillError, fromSystemError } from '../errors.js';
import {
  DUMP_NAMES,
  type DumpName,
  type ImportProgress,
  type JobResult,
  importDumps,
  importForceOrders,
  importTardis,
  importTardisTrades,
  isDumpName,
  renderImportReport,
} from '../imports/index.js';
import { assertSymbol, normalizeSymbol } from '../market/index.js';
import { type DateRange, MINUTE_MS, parseRange } from '../time/index.js';
import { plainDay, plainImport, tellImport, tellStrays, tellTrades } from './import-printer.js';
import { addThresholdOptions, dataDirOption } from './options.js';

const EXAMPLES = `Examples:
  tapemill import liquidations ~/data/ETHUSDT/liquidations --format tardis
  tapemill import liquidations captured --format forceorder --symbols ETHUSDT,BTCUSDT
  tapemill import ratios ~/data/ETHUSDT --names openInterest,takerlongshortRatio
  tapemill import ticker ~/data/ETHUSDT/derivative_ticker --start 2025-10 --end 2025-11
  tapemill import trades ~/data/ETHUSDT/trades                 into the minute layer

`;
/** Periods of the exchange's own statistics, in minutes. */
const SAMPLE_PERIODS: Readonly<Record<string, number>> = {
  '5m': 5,
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '2h': 120,
  '4h': 240,
  '6h': 360,
  '12h': 720,
  '1d': 1440,
};

interface ImportOptions {
  readonly start?: string;
  readonly end?: string;
  readonly dataDir: string;
  readonly json?: true;
  readonly html?: string;
}

export function importCommand(): Command {
  const command = new Command('import')
    .description('bring in files that you have: liquidations, ratios, tickers and trades')
    .addHelpText('before', EXAMPLES);
  command.addCommand(liquidationsCommand());
  command.addCommand(ratiosCommand());
  command.addCommand(tickerCommand());
  command.addCommand(tradesCommand());
  return command;
}

function subcommand(name: string, description: string, argument: string): Command {
  return new Command(name)
    .description(description)
    .argument('<path>', argument)
    .option('--start <date>', 'first month or day of the files to take (default: all)')
    .option('--end <date>', 'last month or day, inclusive')
    .addOption(dataDirOption())
    .option('--json', 'print NDJSON');
}

const htmlOption = (): Option =>
  new Option('--html <file>', 'write a report with plots, one page of its own');

const symbolsOption = (): Option =>
  new Option('--symbols <symbols>', 'only these, separated by commas (default: all of the folder)').argParser(
    (text: string) => {
      const symbols = text.split(',').map(normalizeSymbol);
      symbols.forEach(assertSymbol);
      return symbols;
    },
  );

function liquidationsCommand(): Command {
  return subcommand('liquidations', 'liquidations, from Tardis or captured', 'folder of files, or one file')
    .addOption(
      new Option(
        '--format <format>',
        'tardis: {exchange}_liquidations_{day}_{SYMBOL}.csv.gz; forceorder: messages, one a line',
      )
        .choices(['tardis', 'forceorder'])
        .default('tardis'),
    )
    .addOption(symbolsOption())
    .addOption(htmlOption())
    .action(async (path: string, options: ImportOptions & { format: string; symbols?: string[] }) => {
      const common = { ...commonOf(path, options), symbols: options.symbols ?? null };
      if (options.format === 'forceorder' && common.range) {
        throw new TapemillError(
          'E_USAGE',
          'captures have no dates in their names: leave out --start and --end',
        );
      }
      const result =
        options.format === 'forceorder'
          ? await importForceOrders(common)
          : await importTardis('liquidations', common);
      await tell('liquidations', result, options);
    });
}

function tickerCommand(): Command {
  return subcommand('ticker', 'derivative_ticker files of Tardis', 'folder of files, or one file')
    .addOption(new Option('--format <format>', 'tardis').choices(['tardis']).default('tardis'))
    .addOption(symbolsOption())
    .addOption(htmlOption())
    .action(async (path: string, options: ImportOptions & { symbols?: string[] }) => {
      const symbols = options.symbols ?? null;
      await tell(
        'derivative_ticker',
        await importTardis('derivative_ticker', { ...commonOf(path, options), symbols }),
        options,
      );
    });
}

function ratiosCommand(): Command {
  return subcommand(
    'ratios',
    'your own dumps of open interest and long/short ratios',
    "the symbol's folder, with a folder for each name in it",
  )
    .option(
      '--names <names>',
      `which of them, separated by commas (default: all there are of ${DUMP_NAMES.join(', ')})`,
      parseNames,
    )
    .option('--symbol <symbol>', 'default: the name of the folder', normalizeSymbol)
    .addOption(
      new Option(
        '--stamp <edge>',
        'end: a row is known at its stamp; start: it describes the period after it',
      )
        .choices(['end', 'start'])
        .default('end'),
    )
    .option('--period <length>', 'with --stamp start: 5m, 15m, 30m, 1h, 2h, 4h, 6h, 12h, 1d')
    .addOption(htmlOption())
    .action(
      async (
        path: string,
        options: ImportOptions & {
          names?: readonly DumpName[];
          symbol?: string;
          stamp: string;
          period?: string;
        },
      ) => {
        const result = await importDumps(options.names ?? null, {
          ...commonOf(path, options),
          symbol: options.symbol ?? null,
          knownAfterMs: knownAfterMs(options.stamp, options.period),
        });
        await tell('ratios', result, options);
      },
    );
}

function tradesCommand(): Command {
  const command = subcommand(
    'trades',
    'trades of Tardis, into the minute layer',
    'folder of files, or one file',
  )
    .addOption(new Option('--format <format>', 'tardis').choices(['tardis']).default('tardis'))
    .addOption(symbolsOption());
  return addThresholdOptions(command).action(
    async (
      path: string,
      options: ImportOptions & { symbols?: string[]; whaleUsd: number; retailUsd: number },
    ) => {
      const { dataDir, range } = commonOf(path, options);
      const { whaleUsd, retailUsd } = options;
      const { imports, strays } = await importTardisTrades({
        path,
        dataDir,
        range,
        symbols: options.symbols ?? null,
        thresholds: { whaleUsd, retailUsd },
      });
      for (const { symbol, days, months } of imports) {
        if (options.json)
          console.log(JSON.stringify({ type: 'trades', symbol, months, days: days.map(plainDay) }));
        else tellTrades(symbol, days, months);
      }
      tellStrays(strays, options.json);
      const failures = imports.flatMap(({ days }) => days.flatMap(({ error }) => error ?? []));
      const done = imports.some(({ days }) => days.some(({ status }) => status !== 'failed'));
      setExit(failures, done);
    },
  );
}

function commonOf(
  path: string,
  options: ImportOptions,
): { path: string; dataDir: string; range: DateRange | null; onProgress: (event: ImportProgress) => void } {
  const { start, end, dataDir, json } = options;
  if ((start === undefined) !== (end === undefined)) {
    throw new TapemillError('E_USAGE', 'expected both --start and --end, or neither');
  }
  return {
    path,
    dataDir,
    range: start !== undefined && end !== undefined ? parseRange(start, end) : null,
    onProgress: (event) => {
      // A failure is worth a line at once: the rest may take long.
      if (event.type !== 'failed') return;
      const { file, error } = event;
      if (json) console.log(JSON.stringify({ type: 'failed', file, ...error.toJSON() }));
      console.error(`${error.code}: ${error.message}`);
    },
  };
}

function parseNames(text: string): DumpName[] {
  const names = text.split(',').map((name) => name.trim());
  const strange = names.find((name) => !isDumpName(name));
  if (strange !== undefined) {
    throw new InvalidArgumentError(`expected names out of ${DUMP_NAMES.join(', ')}, found "${strange}".`);
  }
  return [...new Set(names.filter(isDumpName))];
}

/** @throws `E_USAGE` */
function knownAfterMs(stamp: string, period: string | undefined): number {
  if (stamp === 'end') {
    if (period === undefined) return 0;
    throw new TapemillError('E_USAGE', '--period goes with --stamp start');
  }
  const minutes = SAMPLE_PERIODS[period ?? ''];
  if (minutes === undefined) {
    const expected = Object.keys(SAMPLE_PERIODS).join(', ');
    throw new TapemillError(
      'E_USAGE',
      `--stamp start needs --period out of ${expected}, found "${period ?? ''}"`,
      {
        expected,
        found: period ?? '',
      },
    );
  }
  return minutes * MINUTE_MS;
}

async function tell(title: string, result: JobResult, options: ImportOptions): Promise<void> {
  for (const one of result.imports) {
    if (options.json) console.log(JSON.stringify(plainImport(one)));
    else tellImport(one);
  }
  tellStrays(result.strays, options.json);
  if (options.html !== undefined) {
    const { html } = options;
    await writeFile(html, renderImportReport(`tapemill import: ${title}`, result)).catch((error: unknown) => {
      throw fromSystemError(error, 'writing', html);
    });
    if (!options.json) console.log(`report: ${html}`);
  }
  const failures = [...result.failures, ...result.imports.flatMap((one) => one.failures)];
  setExit(
    failures.map(({ error }) => error),
    result.imports.some(({ status }) => status !== 'failed'),
  );
}

function setExit(failures: readonly TapemillError[], done: boolean): void {
  if (failures.length > 0) process.exitCode = done ? EXIT.partial : failures[0]!.exitStatus;
}
