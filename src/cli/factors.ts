import { Command } from 'commander';
import { EXIT, TapemillError } from '../errors.js';
import { listFactors, listLiquidationFactors } from '../factors/index.js';
import { factorFolder, listSymbols, sweepTempFiles } from '../layer/index.js';
import { parseMarket } from '../market/index.js';
import { type Settled, settleFactors } from '../outputs/index.js';
import { parseFrequency, parseRange } from '../time/index.js';
import { VERSION } from '../version.js';
import { dataDirOption, marketOption, readSymbols } from './options.js';

const EXAMPLES = `Examples:
  tapemill factors RLCUSDT --freq 4h --data-dir data
  tapemill factors --freq 15m                          all symbols of the layer
  tapemill factors BTCUSDT --start 2023-01 --end 2023-06
  tapemill factors list                                every factor: formula, unit, when it is empty

`;

interface FactorsOptions {
  readonly freq: string;
  readonly start?: string;
  readonly end?: string;
  readonly market: string;
  readonly dataDir: string;
  readonly symbolsFile?: string;
  readonly json?: true;
}

export function factorsCommand(): Command {
  const command = new Command('factors')
    .description('derive bars and factors of any frequency from the minute layer; no ticks are read')
    .argument('[symbols...]', 'default: all symbols of the layer')
    .option('--freq <frequency>', 'length of a bar: 5m … 30m, 1h … 12h, 1d', '1h')
    .option('--start <date>', 'first day, YYYY-MM or YYYY-MM-DD (default: all there is)')
    .option('--end <date>', 'last day, inclusive')
    .option('--symbols-file <file>', 'symbols, one a line')
    .addOption(marketOption())
    .addOption(dataDirOption())
    .option('--json', 'print one JSON object a symbol')
    .addHelpText('before', EXAMPLES)
    .action(deriveFactors);
  command.addCommand(
    new Command('list')
      .description(
        'every factor: order flow, and liquidations with {w}, {L}, {W}, {100Q} for their parameters',
      )
      .option('--json', 'print JSON')
      // The parent has a --json too, and takes it first.
      .action((_options, self: Command) => {
        printFactorList(self.optsWithGlobals<{ json?: true }>().json === true);
      }),
  );
  return command;
}

async function deriveFactors(named: string[], options: FactorsOptions): Promise<void> {
  const frequency = parseFrequency(options.freq);
  const market = parseMarket(options.market);
  if ((options.start === undefined) !== (options.end === undefined)) {
    throw new TapemillError('E_USAGE', 'expected both --start and --end, or neither');
  }
  const range =
    options.start !== undefined && options.end !== undefined ? parseRange(options.start, options.end) : null;
  const all = named.length === 0 && options.symbolsFile === undefined;
  const symbols = all
    ? await listSymbols(options.dataDir, market)
    : await readSymbols(named, options.symbolsFile);
  const failures: TapemillError[] = [];
  if (symbols.length === 0) {
    throw new TapemillError('E_NO_LAYER', `${options.dataDir} has no minute layer of market ${market}`);
  }
  await sweepTempFiles(factorFolder(options.dataDir, market, frequency.label));
  for (const symbol of symbols) {
    let settled: Settled;
    try {
      settled = await settleFactors({
        dataDir: options.dataDir,
        market,
        symbol,
        frequency,
        range,
        missingPeriods: [],
        tapemillVersion: VERSION,
      });
    } catch (error) {
      // One symbol's fault does not keep the others from theirs; a full disk does.
      const isOwn = TapemillError.is(error) && (error.code === 'E_LAYER' || error.code === 'E_NO_LAYER');
      if (!isOwn || symbols.length === 1) throw error;
      if (options.json)
        console.log(
          JSON.stringify({ symbol, frequency: frequency.label, status: 'failed', ...error.toJSON() }),
        );
      console.error(`${symbol}  ${frequency.label}  failed: ${error.code}: ${error.message}`);
      failures.push(error);
      continue;
    }
    const { meta, status, reason, rows, paths } = settled;
    if (meta.status === 'partial') process.exitCode = EXIT.partial;
    if (options.json) {
      console.log(JSON.stringify({ symbol, frequency: frequency.label, status, reason, rows, paths, meta }));
      continue;
    }
    const why = reason === null ? 'unchanged' : `written (${reason})`;
    console.log(`${symbol}  ${frequency.label}  ${rows} bars  ${meta.min_ts} … ${meta.max_ts}  ${why}`);
    console.log(`  ${paths.csv}`);
    for (const missing of meta.missing_periods) {
      if (missing.reason !== 'before listing' && missing.reason !== 'after delisting') {
        console.log(`  missing ${missing.period}: ${missing.reason}`);
      }
    }
  }
  if (failures.length > 0)
    process.exitCode = failures.length < symbols.length ? EXIT.partial : failures[0]!.exitStatus;
}

function printFactorList(json: boolean): void {
  const factors = [...listFactors(), ...listLiquidationFactors()];
  if (json) {
    console.log(JSON.stringify(factors, null, 2));
    return;
  }
  for (const { name, unit, formula, whenEmpty } of factors) {
    console.log(`${name}  [${unit}]`);
    console.log(`    ${formula}${whenEmpty === null ? '' : `; empty when ${whenEmpty}`}`);
  }
}
