import { extname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { TapemillError } from '../errors.js';
import { assertSymbol, normalizeSymbol, parseMarket } from '../market/index.js';
import type { PlotFormat } from '../plot/index.js';
import { readRange } from './archive-options.js';
import { dataDirOption, marketOption, positiveInteger, positiveNumber } from './options.js';

const FORMATS = ['png', 'svg', 'html'] as const satisfies readonly PlotFormat[];

const EXAMPLES = `Examples:
  tapemill plot BTCUSDT --start 2024-01-01 --end 2024-01-07 -o btc.png
  tapemill plot BTCUSDT --start 2024-01 --end 2024-03 --freq 4h -o btc.html     values at the pointer, one file
  tapemill plot BTCUSDT --panels price,cvd,+vwap -o btc.svg                     two panels and a column
  tapemill plot BTCUSDT --panels +imbalance_ratio_quote -o btc.png              all panels and a column
  tapemill plot BTCUSDT --format png -o - | feh -                               to another program

Panels: price (candles), cvd (all, whale, retail, cumulated from the start of the range), volume (taker buy up, taker
sell down), liquidations (shorts up, longs down), funding, oi. Those without data are left out, which is said on stderr;
those named in --panels are drawn with a note. docs/plots.md has the rest.

`;

interface PlotOptions {
  readonly start?: string;
  readonly end?: string;
  readonly freq?: string;
  readonly panels?: string;
  readonly output: string;
  readonly format?: PlotFormat;
  readonly width: number;
  readonly height?: number;
  readonly scale: number;
  readonly theme: 'light' | 'dark';
  readonly title?: string;
  readonly market: string;
  readonly dataDir: string;
}

export function plotCommand(): Command {
  return new Command('plot')
    .description('draw price, CVD, volume, liquidations, funding and open interest of a symbol')
    .argument('<symbol>', 'symbol of the data folder')
    .requiredOption('-o, --output <file>', 'file to write, .png, .svg or .html; - for stdout')
    .option('--start <date>', 'first day, YYYY-MM or YYYY-MM-DD (default: all there is)')
    .option('--end <date>', 'last day, inclusive')
    .option('--freq <frequency>', 'length of a bar, 1m … 1d (default: by the range, at most 600 bars)')
    .option('--panels <panels>', 'what to draw, from top to bottom, separated by commas')
    .addOption(new Option('--format <format>', 'when the file does not say it').choices(FORMATS))
    .option('--width <px>', 'of the drawing', positiveInteger, 1200)
    .option('--height <px>', 'of the drawing (default: as the panels need it)', positiveInteger)
    .option('--scale <factor>', 'pixels of a PNG for a px', positiveNumber, 1)
    .addOption(
      new Option('--theme <theme>', 'of PNG and SVG; pages follow their reader')
        .choices(['light', 'dark'])
        .default('light'),
    )
    .option('--title <text>', 'above the drawing (default: the symbol)')
    .addOption(marketOption())
    .addOption(dataDirOption())
    .addHelpText('before', EXAMPLES)
    .action(runPlot);
}

/** Larger pictures are a slip of the keyboard; a canvas of that size would take all memory. */
const MOST_PX = 16_000;

async function runPlot(named: string, options: PlotOptions): Promise<void> {
  const symbol = normalizeSymbol(named);
  assertSymbol(symbol);
  const span = readRange(options);
  const format = formatOf(options);
  const { width, height, scale } = options;
  checkSize('--width', width, 200, scale);
  if (height !== undefined) checkSize('--height', height, 150, scale);
  // Loading these takes longer than showing the help does.
  const { plot, parsePanels } = await import('../plot/index.js');
  const { parseSeriesFrequency } = await import('../series/index.js');
  const { atomicWriteFile } = await import('../layer/index.js');
  const drawn = await plot({
    dataDir: resolve(options.dataDir),
    market: parseMarket(options.market),
    ...{ symbol, span, format, width, scale },
    frequency: options.freq === undefined ? null : parseSeriesFrequency(options.freq),
    panels: parsePanels(options.panels),
    height: height ?? null,
    theme: options.theme,
    title: options.title ?? null,
  });
  for (const { name, why } of drawn.absent) console.error(`${name} is not drawn: ${why}`);
  if (options.output === '-') process.stdout.write(drawn.bytes);
  else {
    const path = resolve(options.output);
    await atomicWriteFile(path, drawn.bytes);
    console.error(`${path}: ${drawn.bars} bars of ${drawn.frequency.label}`);
  }
}

/** @throws `E_USAGE` */
function formatOf({ output, format }: PlotOptions): PlotFormat {
  const found = format ?? FORMATS.find((one) => extname(output).toLowerCase() === `.${one}`);
  if (found !== undefined) return found;
  const expected = 'a file that ends with .png, .svg or .html, or --format';
  throw new TapemillError('E_USAGE', `expected ${expected}, found "${output}"`, { expected, found: output });
}

/** @throws `E_USAGE` */
function checkSize(option: string, value: number, least: number, scale: number): void {
  if (value >= least && value * scale <= MOST_PX && scale > 0) return;
  const expected = `${option} from ${least} px up, and at most ${MOST_PX} pixels with --scale`;
  throw new TapemillError('E_USAGE', `expected ${expected}, found ${value} × ${scale}`, { expected });
}
