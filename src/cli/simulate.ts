import { Command } from 'commander';
import { TapemillError } from '../errors.js';
import { MARKETS, parseMarket } from '../market/index.js';
import { parseRange } from '../time/index.js';
import { formatBytes, formatCount, formatDuration } from './table.js';
import {
  DEFECT_KINDS,
  parseDefect,
  simulateTree,
  SOURCES,
  type DefectTarget,
  type PlantedDefect,
  type SimulatedSource,
  type SimulatedTree,
  type SimulationProgress,
  type SimulationRequest,
} from '../simulator/index.js';

const EXAMPLES = `Examples:
  tapemill simulate --out sim --symbols 3 --start 2024-01 --end 2024-03 --ticks 2000000
  tapemill simulate --out sim --symbols SIMAUSDT,SIMCUSDT --start 2024-01-05 --end 2024-01-12 --defect missing-day
  tapemill simulate --out sim --market cm --start 2024-01 --end 2024-01 --monthly-only --sources aggTrades
  tapemill simulate --list-defects

`;

/** What the period of a defect is, and what it touches. */
const TARGETS: Readonly<Record<DefectTarget, string>> = {
  rows: 'a day: its rows in the daily and the monthly object; as a month, one day of it in the monthly object only',
  object: 'a month or a day: exactly that object',
  month: 'a month: its monthly object',
  day: 'a day: its daily object',
  life: 'a day: the life of the symbol from there on, in all objects',
};

interface Options {
  readonly out?: string;
  readonly symbols: string;
  readonly market: string;
  readonly start?: string;
  readonly end?: string;
  readonly ticks: string;
  readonly seed: string;
  readonly defect: readonly string[];
  readonly dailyOnly?: true;
  readonly monthlyOnly?: true;
  readonly sources?: string;
  readonly header: string;
  readonly timeUnit: string;
  readonly level: string;
  readonly force?: true;
  readonly json?: true;
  readonly listDefects?: true;
}

export function simulateCommand(): Command {
  return new Command('simulate')
    .description(
      'Write a synthetic archive: the same tree, names and formats as the public one, made-up numbers.',
    )
    .addHelpText('before', EXAMPLES)
    .option('--out <folder>', 'where to write; new, empty, or a simulated tree')
    .option('--symbols <count or names>', 'how many symbols, or their names separated by commas', '3')
    .option('--market <market>', MARKETS.join(', '), 'um')
    .option('--start <date>', 'first month (YYYY-MM) or day (YYYY-MM-DD), UTC')
    .option('--end <date>', 'last month or day, inclusive')
    .option('--ticks <count>', 'aggTrades per symbol and month; a partial month has its share', '100000')
    .option('--seed <integer>', 'the same seed and request give the same tree', '7')
    .option('--defect <kind[:SYMBOL[:PERIOD]]>', 'plant a defect; may be repeated', collect, [])
    .option('--list-defects', 'print the kinds of defects and exit')
    .option('--daily-only', 'no monthly objects of aggTrades and klines')
    .option('--monthly-only', 'no daily objects of aggTrades and klines; whole months only')
    .option(
      '--sources <names>',
      `out of ${SOURCES.um.join(',')}, separated by commas (default: all of the market)`,
    )
    .option('--header <when>', 'header line: auto (as the public archive), yes, no', 'auto')
    .option('--time-unit <unit>', 'auto (as the public archive), ms, us', 'auto')
    .option('--level <n>', 'deflate level, 1 (fast) to 9 (small)', '6')
    .option('--force', 'replace another simulation, or write into a folder with other content')
    .option('--json', 'print one JSON object')
    .action(run);
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

async function run(options: Options): Promise<void> {
  if (options.listDefects) {
    process.stdout.write(options.json ? `${JSON.stringify(listed(), undefined, 2)}\n` : defectTable());
    return;
  }
  const request = requestOf(options);
  const progress = progressPrinter();
  const startedMs = performance.now();
  const tree = await simulateTree({ ...request, onProgress: progress.show }, options.force).finally(
    progress.end,
  );
  const seconds = (performance.now() - startedMs) / 1000;
  process.stdout.write(
    options.json ? `${JSON.stringify({ ...flat(tree), seconds })}\n` : summary(tree, seconds),
  );
}

/** @throws `E_USAGE`, `E_PERIOD`, `E_SYMBOL` */
function requestOf(options: Options): SimulationRequest {
  const { out, start, end } = options;
  if (out === undefined) return usage('expected --out, the folder to write to');
  if (start === undefined || end === undefined)
    return usage('expected --start and --end, as YYYY-MM or YYYY-MM-DD');
  if (options.dailyOnly && options.monthlyOnly)
    return usage('--daily-only and --monthly-only exclude one another');
  const market = parseMarket(options.market);
  const defects: PlantedDefect[] = options.defect.map(parseDefect);
  return {
    outDir: out,
    symbols: /^\d+$/.test(options.symbols) ? Number(options.symbols) : options.symbols.split(','),
    market,
    range: parseRange(start, end),
    ticksPerMonth: integer('--ticks', options.ticks),
    seed: integer('--seed', options.seed),
    daily: options.monthlyOnly !== true,
    monthly: options.dailyOnly !== true,
    ...(options.sources === undefined ? {} : { sources: options.sources.split(',').map(sourceNamed) }),
    header: oneOf('--header', options.header, { auto: 'auto', yes: true, no: false }),
    timeUnit: oneOf('--time-unit', options.timeUnit, { auto: 'auto', ms: 'ms', us: 'us' }),
    compressionLevel: integer('--level', options.level),
    defects,
  };
}

function usage(message: string): never {
  throw new TapemillError('E_USAGE', message);
}

/** Whole numbers, with `_` or `,` between digits if the user likes. */
function integer(option: string, text: string): number {
  const digits = text.replace(/(?<=\d)[_,](?=\d)/g, '');
  return /^-?\d+$/.test(digits)
    ? Number(digits)
    : usage(`expected a whole number for ${option}, found "${text}"`);
}

function oneOf<T>(option: string, text: string, choices: Readonly<Record<string, T>>): T {
  const found = Object.entries(choices).find(([name]) => name === text);
  return found
    ? found[1]
    : usage(`expected ${Object.keys(choices).join(', ')} for ${option}, found "${text}"`);
}

function sourceNamed(text: string): SimulatedSource {
  return (
    SOURCES.um.find((source) => source === text) ??
    usage(`expected --sources out of ${SOURCES.um.join(',')}, found "${text}"`)
  );
}

/** One line that is redrawn on a terminal; elsewhere a line every two seconds. */
function progressPrinter(): { readonly show: (event: SimulationProgress) => void; readonly end: () => void } {
  const terminal = process.stderr.isTTY;
  const everyMs = terminal ? 100 : 2000;
  const startedMs = performance.now();
  let shownMs = startedMs;
  let drawn = false;
  return {
    show: ({ symbol, period, rows, totalRows, bytes, objects }) => {
      const nowMs = performance.now();
      if (nowMs - shownMs < everyMs) return;
      shownMs = nowMs;
      const seconds = (nowMs - startedMs) / 1000;
      const left = Math.ceil((seconds * (totalRows - rows)) / Math.max(1, rows));
      const text =
        `${symbol} ${period}  ${formatCount(rows)} of ${formatCount(totalRows)} ticks (${Math.floor((100 * rows) / totalRows)} %), ` +
        `${formatCount(objects)} objects, ${formatBytes(bytes)}, ${(rows / seconds / 1e6).toFixed(2)} M ticks/s, ${formatDuration(left)} left`;
      process.stderr.write(terminal ? `\r\u001b[K${text}` : `${text}\n`);
      drawn = terminal;
    },
    end: () => {
      if (drawn) process.stderr.write('\r\u001b[K');
    },
  };
}

function flat(tree: SimulatedTree): object {
  return { outDir: tree.outDir, reused: tree.reused, ...tree.summary };
}

function summary(
  { outDir, reused, summary: { objects, ticks, rows, bytes, planted } }: SimulatedTree,
  seconds: number,
): string {
  const facts = `${formatCount(objects)} objects, ${formatCount(ticks)} ticks, ${formatCount(rows)} rows, ${formatBytes(bytes)}`;
  const head = reused
    ? `${outDir} holds this simulation already and was left as it is: ${facts}\n`
    : `${outDir}: ${facts} in ${seconds < 10 ? `${seconds.toFixed(1)} s` : formatDuration(seconds)}\n`;
  const defects = planted.map(({ kind, symbol, period, objects: touched }) => {
    const what = touched.map(({ key, changed }) => `    ${key} ${JSON.stringify(changed)}\n`).join('');
    return `  planted ${kind} in ${symbol} ${period}\n${what}`;
  });
  return head + defects.join('');
}

function listed(): object[] {
  return DEFECT_KINDS.map(({ kind, fact, target, dataType, description }) => ({
    kind,
    fact,
    target,
    dataType,
    description,
  }));
}

function defectTable(): string {
  const width = Math.max(...DEFECT_KINDS.map(({ kind }) => kind.length));
  const rows = DEFECT_KINDS.map(
    ({ kind, fact, target, description }) =>
      `${kind.padEnd(width)}  ${target.padEnd(6)}  ${fact.padEnd(10)}  ${description}\n`,
  );
  const targets = Object.entries(TARGETS).map(([target, meaning]) => `  ${target.padEnd(6)}  ${meaning}\n`);
  return `${'kind'.padEnd(width)}  period  fact        what it does\n${rows.join('')}\nThe period of a defect is\n${targets.join('')}`;
}
