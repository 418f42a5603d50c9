import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { TapemillError } from '../errors.js';
import { parseMarket } from '../market/index.js';
import type { Sheet } from '../tearsheet/index.js';
import { readRange } from './archive-options.js';
import { dataDirOption, marketOption, positiveInteger, readSymbols } from './options.js';
import { StepProgress } from './step-progress.js';

const EXAMPLES = `Examples:
  tapemill tearsheet cvd_quote                                     all symbols of the layer, a summary
  tapemill tearsheet cvd_quote --horizon 1h,4h,24h -o cvd.html     the whole sheet, a page of its own
  tapemill tearsheet imbalance_ratio_quote BTCUSDT ETHUSDT --start 2024-01 --end 2024-06 --freq 15m --horizon 15m,1h
  tapemill tearsheet whale_cvd_quote --json | jq '.results.horizons[].crossSection.spearman'

Information coefficients, returns by quintile, decay, turnover, coverage and distribution of any column that
\`tapemill factors list\` names, or of a wide table that is built. docs/tearsheet.md has the formulas.

`;

interface TearsheetOptions {
  readonly all?: true;
  readonly symbolsFile?: string;
  readonly horizon: string;
  readonly decay: number;
  readonly start?: string;
  readonly end?: string;
  readonly freq: string;
  readonly output?: string;
  readonly open?: true;
  readonly json?: true;
  readonly market: string;
  readonly dataDir: string;
}

export function tearsheetCommand(): Command {
  return new Command('tearsheet')
    .description('what a factor says of the returns after it: IC, quintiles, decay, turnover, coverage')
    .argument('<column>', 'a factor')
    .argument('[symbols...]', 'symbols of the layer (default: all of them)')
    .option('--all', 'all symbols of the layer')
    .option('--symbols-file <file>', 'symbols, one a line')
    .option(
      '--horizon <lengths>',
      'how far returns look forward, whole bars, separated by commas',
      '1h,4h,24h',
    )
    .option('--decay <bars>', 'longest horizon of the decay, in bars', positiveInteger, 24)
    .option('--start <date>', 'first day, YYYY-MM or YYYY-MM-DD (default: all there is)')
    .option('--end <date>', 'last day, inclusive')
    .option('--freq <frequency>', 'length of a bar, 1m … 1d', '1h')
    .option('-o, --output <file>', 'write the sheet as a page of its own; - for stdout')
    .option('--open', 'show the page in the browser (default of -o then: tearsheet-{column}.html)')
    .option('--json', 'print all numbers as one JSON object')
    .addOption(marketOption())
    .addOption(dataDirOption())
    .addHelpText('before', EXAMPLES)
    .action(runTearsheet);
}

async function runTearsheet(column: string, named: string[], options: TearsheetOptions): Promise<void> {
  const isNamed = named.length > 0 || options.symbolsFile !== undefined;
  if (options.all === true && isNamed) {
    throw new TapemillError('E_USAGE', 'expected symbols or --all, found both');
  }
  if (options.output === '-' && (options.json || options.open)) {
    throw new TapemillError('E_USAGE', 'expected one of -o -, --json and --open, found more');
  }
  const span = readRange(options);
  const market = parseMarket(options.market);
  const symbols = isNamed ? await readSymbols(named, options.symbolsFile) : null;
  // Loading these takes longer than showing the help does.
  const { parseHorizons, readPanel, sheetHtml, sheetText, tearSheet } = await import('../tearsheet/index.js');
  const { parseSeriesFrequency } = await import('../series/index.js');
  const { atomicWriteFile } = await import('../layer/index.js');
  const frequency = parseSeriesFrequency(options.freq);
  const horizons = parseHorizons(options.horizon, frequency);
  const progress = new StepProgress(process.stderr);
  const show = (step: string, share: number): void => {
    progress.show(step, share);
  };
  const dataDir = resolve(options.dataDir);
  const { panel, definition, leftOut } = await readPanel(
    { dataDir, market, symbols, span, frequency, column },
    show,
  );
  const sheet: Sheet = {
    ...{ column, definition, market, leftOut },
    frequency: frequency.label,
    startMs: panel.minute[0]!,
    endMs: panel.minute.at(-1)! + panel.barMs,
    results: tearSheet(panel, horizons, options.decay, show),
  };
  progress.clear();
  const output = options.output ?? (options.open ? `tearsheet-${column}.html` : undefined);
  if (output === '-') {
    process.stdout.write(sheetHtml(sheet));
    return;
  }
  if (output !== undefined) await atomicWriteFile(resolve(output), Buffer.from(sheetHtml(sheet)));
  if (options.json) console.log(JSON.stringify(asJson(sheet)));
  else for (const line of sheetText(sheet)) console.log(line);
  if (output !== undefined) console.error(resolve(output));
  if (output !== undefined && options.open) openInBrowser(resolve(output));
}

/** Raised when a member changes its meaning or goes; new members may come at any time. */
const JSON_VERSION = 1;

function asJson({ startMs, endMs, ...sheet }: Sheet): object {
  const start = new Date(startMs).toISOString();
  return {
    type: 'tearsheet',
    schemaVersion: JSON_VERSION,
    ...sheet,
    start,
    end: new Date(endMs).toISOString(),
  };
}

/** A machine without a browser still has the file. */
function openInBrowser(path: string): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open'];
  const child = spawn(program, [...args, path], { detached: true, stdio: 'ignore' });
  child.on('error', (error) => {
    console.error(`cannot open a browser: ${error.message}`);
  });
  child.unref();
}
