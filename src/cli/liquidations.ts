import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, TapemillError } from '../errors.js';
import type { EngineOptions, NumberOrList } from '../factors/index.js';
import { sweepTempFiles } from '../layer/index.js';
import { parseMarket } from '../market/index.js';
import {
  type SettledLiquidations,
  liquidationFolder,
  listLiquidationSymbols,
  settleLiquidations,
} from '../outputs/liquidations/index.js';
import { type DateRange, type Frequency, HOUR_MS, parseFrequency, parseRange } from '../time/index.js';
import { VERSION } from '../version.js';
import { tellLiquidations } from './liquidations-printer.js';
import { dataDirOption, readSymbols } from './options.js';
import { StepProgress } from './step-progress.js';

const EXAMPLES = `Examples:
  tapemill import liquidations ~/data/ETHUSDT/liquidations       first: files of Tardis, or captured messages
  tapemill liquidations ETHUSDT                                  1h: strength, breadth, shape, history, prices
  tapemill liquidations ETHUSDT --freq 15m --bucket-quantiles 0.75,0.9 --mining-windows 24
                                                                 and by size, with rolling features
  tapemill liquidations ETHUSDT --engine --mining-windows none   by size alone
  tapemill liquidations BTCUSD_PERP --market cm --start 2024-01 --end 2024-06

Every window and every quantile is a number or a list of numbers separated by commas. "tapemill factors list"
explains the columns.

`;

interface LiquidationOptions {
  readonly freq: string;
  readonly start?: string;
  readonly end?: string;
  readonly market: string;
  readonly dataDir: string;
  readonly symbolsFile?: string;
  readonly zWindows?: readonly number[];
  readonly zWindowsHours?: readonly number[];
  readonly rankWindows?: readonly number[];
  readonly rankWindowsHours?: readonly number[];
  readonly engine?: true;
  readonly bucketQuantiles?: readonly number[];
  readonly bucketWindowHours?: readonly number[];
  readonly miningWindows?: readonly number[];
  readonly miningQuantiles?: readonly number[];
  readonly json?: true;
}

export function liquidationsCommand(): Command {
  const list = (flags: string, description: string): Option =>
    new Option(flags, description).argParser(parseNumbers);
  return new Command('liquidations')
    .description('factors of liquidations, from what was imported and collected')
    .argument('[symbols...]', 'default: all symbols of the market that have liquidations')
    .option('--freq <frequency>', 'length of a bar: 5m … 30m, 1h … 12h, 1d', '1h')
    .option('--start <date>', 'first day, YYYY-MM or YYYY-MM-DD (default: all there is)')
    .option('--end <date>', 'last day, inclusive')
    .option('--symbols-file <file>', 'symbols, one a line')
    .addOption(
      new Option('--market <market>', 'um: USDT-margined futures, cm: coin-margined futures')
        .choices(['um', 'cm'])
        .default('um'),
    )
    .addOption(list('--z-windows <bars>', 'bars before a bar that its z looks at (default: those of 24 h)'))
    .addOption(list('--z-windows-hours <hours>', 'the same in hours'))
    .addOption(list('--rank-windows <bars>', 'bars a bar is ranked among (default: those of 168 h)'))
    .addOption(list('--rank-windows-hours <hours>', 'the same in hours'))
    .option(
      '--engine',
      'columns of small, medium and large liquidations too; any of these options implies it:',
    )
    .addOption(list('--bucket-quantiles <q>', 'hourly quantiles that separate sizes (default: 0.5,0.9)'))
    .addOption(list('--bucket-window-hours <hours>', 'hours that sizes look back (default: 24)'))
    .addOption(list('--mining-windows <bars>', 'bars that mining looks back, or none (default: 24,96,672)'))
    .addOption(list('--mining-quantiles <q>', 'quantiles to break out of, or none (default: 0.9,0.95,0.99)'))
    .addOption(dataDirOption())
    .option('--json', 'print one JSON object a symbol')
    .addHelpText('before', EXAMPLES)
    .action(deriveLiquidations);
}

/** `0.75,0.9`, one number, or `none`: the empty list. Whether the numbers make sense is the library's to say. */
function parseNumbers(text: string): number[] {
  if (text.trim() === 'none') return [];
  return text.split(',').map((part) => {
    const value = Number(part);
    if (part.trim() === '' || !Number.isFinite(value)) {
      throw new InvalidArgumentError('expected a number, or a list of numbers separated by commas.');
    }
    return value;
  });
}

async function deriveLiquidations(named: string[], options: LiquidationOptions): Promise<void> {
  const { dataDir, json } = options;
  const frequency = parseFrequency(options.freq);
  const market = parseMarket(options.market);
  const range = readRange(options);
  const windows = {
    ...windowsOption('z', options.zWindows, options.zWindowsHours, frequency),
    ...windowsOption('rank', options.rankWindows, options.rankWindowsHours, frequency),
  };
  const engine = engineOptions(options);
  const all = named.length === 0 && options.symbolsFile === undefined;
  const symbols = all
    ? await listLiquidationSymbols(dataDir, market)
    : await readSymbols(named, options.symbolsFile);
  if (symbols.length === 0) {
    throw new TapemillError(
      'E_NO_LIQUIDATIONS',
      `${dataDir} holds no liquidations of market ${market}; bring them in with "tapemill import liquidations <folder>"`,
      { path: dataDir },
    );
  }
  await sweepTempFiles(liquidationFolder(dataDir, market, frequency.label));
  const progress = new StepProgress(process.stderr);
  const failures: TapemillError[] = [];
  for (const symbol of symbols) {
    let settled: SettledLiquidations;
    try {
      settled = await settleLiquidations({
        dataDir,
        market,
        symbol,
        frequency,
        range,
        ...windows,
        engine,
        tapemillVersion: VERSION,
        onProgress: (share) => {
          progress.show(`${symbol}  ${frequency.label}`, share);
        },
      });
    } catch (error) {
      progress.clear();
      if (!isOneSymbols(error) || symbols.length === 1) throw error;
      const plain = { symbol, frequency: frequency.label, status: 'failed', ...error.toJSON() };
      if (json) console.log(JSON.stringify(plain));
      console.error(`${symbol}  ${frequency.label}  failed: ${error.code}: ${error.message}`);
      failures.push(error);
      continue;
    }
    progress.clear();
    if (settled.meta.status === 'partial') process.exitCode = EXIT.partial;
    if (json) console.log(JSON.stringify({ symbol, frequency: frequency.label, ...settled }));
    else tellLiquidations(settled, frequency.label);
  }
  if (failures.length > 0) {
    process.exitCode = failures.length < symbols.length ? EXIT.partial : failures[0]!.exitStatus;
  }
}

/** One symbol's fault does not keep the others from theirs; a full disk does. */
function isOneSymbols(error: unknown): error is TapemillError {
  return TapemillError.is(error) && (error.code === 'E_LAYER' || error.code === 'E_NO_LIQUIDATIONS');
}

/** @throws `E_USAGE`, `E_PERIOD` */
function readRange({ start, end }: LiquidationOptions): DateRange | null {
  if ((start === undefined) !== (end === undefined)) {
    throw new TapemillError('E_USAGE', 'expected both --start and --end, or neither');
  }
  return start !== undefined && end !== undefined ? parseRange(start, end) : null;
}

/** Windows in bars, whichever way they were given; nothing when they were not. @throws `E_USAGE` */
function windowsOption(
  name: 'z' | 'rank',
  bars: readonly number[] | undefined,
  hours: readonly number[] | undefined,
  frequency: Frequency,
): Partial<Record<`${typeof name}Windows`, NumberOrList>> {
  if (bars !== undefined && hours !== undefined) {
    throw new TapemillError('E_USAGE', `expected either --${name}-windows or --${name}-windows-hours`);
  }
  if (bars !== undefined) return { [`${name}Windows`]: bars };
  if (hours === undefined) return {};
  const inBars = hours.map((hour) => {
    const count = (hour * HOUR_MS) / frequency.lengthMs;
    if (Number.isSafeInteger(count) && count >= 1) return count;
    const expected = `hours that are a whole number of bars of ${frequency.label}`;
    throw new TapemillError('E_USAGE', `--${name}-windows-hours: expected ${expected}, found ${hour}`, {
      expected,
      found: String(hour),
    });
  });
  return { [`${name}Windows`]: inBars };
}

/** Null when neither `--engine` nor an option of it was given. */
function engineOptions(options: LiquidationOptions): EngineOptions | null {
  const { bucketQuantiles, bucketWindowHours, miningWindows, miningQuantiles } = options;
  const given = Object.entries({ bucketQuantiles, bucketWindowHours, miningWindows, miningQuantiles }).filter(
    ([, value]) => value !== undefined,
  );
  return options.engine || given.length > 0 ? Object.fromEntries(given) : null;
}
