import { resolve } from 'node:path';
import { Command } from 'commander';
import { TapemillError } from '../errors.js';
import { parseMarket, normalizeSymbol } from '../market/index.js';
import { type Frequency, HOUR, HOUR_MS, MINUTE_MS, parseFrequency } from '../time/index.js';
import { addArchiveOptions, archiveLocation } from './archive-options.js';
import { dataDirOption, marketOption } from './options.js';

const EXAMPLES = `Examples:
  tapemill explain BSVUSDT 2026-04-13T05:13                   a minute: sources, columns, its kline, the formulas of its hour
  tapemill explain BSVUSDT 2026-04-13T05                      the hour
  tapemill explain BSVUSDT 2026-04-13T04 --freq 4h            a bar of another frequency
  tapemill explain BSVUSDT 2026-04-13T05:13 --rows            and the rows of the object, read from --archive

Times are UTC. The kline is fetched from --archive unless it is collected.

`;

const EXIT_HELP = `
Exit status: 0 explained, 5 the layer has no object of that day.`;

interface ExplainOptions {
  readonly freq?: string;
  readonly market: string;
  readonly dataDir: string;
  readonly archive: string;
  readonly index?: string;
  readonly offline?: true;
  readonly rows?: true;
  readonly knownDefects?: string;
  readonly json?: true;
}

export function explainCommand(): Command {
  const command = new Command('explain')
    .description('follow one number from the bar down to the rows of the object')
    .argument('<symbol>', 'as in the layer')
    .argument('<time>', 'YYYY-MM-DDTHH:MM for a minute, YYYY-MM-DDTHH for an hour, YYYY-MM-DD for a day')
    .option('--freq <frequency>', 'the bar that starts then; of a minute, the bar whose formulas are shown')
    .addOption(marketOption())
    .addOption(dataDirOption());
  return addArchiveOptions(command)
    .option('--offline', 'fetch nothing: only klines that are collected')
    .option('--rows', 'read the rows of the minute from the object')
    .option('--known-defects <file>', 'JSON list of known bad objects, beside the built-in ones')
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_HELP)
    .action(explainTime);
}

async function explainTime(symbol: string, time: string, options: ExplainOptions): Promise<void> {
  const asked = readTime(time, options.freq);
  if (options.rows && options.offline) {
    throw new TapemillError(
      'E_USAGE',
      'expected --rows or --offline, found both: rows are read from the archive',
    );
  }
  // Loading these takes longer than showing the help does.
  const { explainMinute } = await import('../audit/index.js');
  const { explainText } = await import('../report/index.js');
  const { openArchive, readDefectsFile } = await import('../archive/index.js');
  const dataDir = resolve(options.dataDir);
  const network = { dataDir, keepZip: false, ...(options.index !== undefined && { index: options.index }) };
  const archive = options.offline ? null : openArchive(await archiveLocation(options), network);
  try {
    const explanation = await explainMinute({
      ...{ dataDir, market: parseMarket(options.market), symbol: normalizeSymbol(symbol), archive, ...asked },
      withRows: options.rows === true,
      knownDefects: options.knownDefects === undefined ? [] : await readDefectsFile(options.knownDefects),
    });
    if (options.json) console.log(JSON.stringify({ type: 'explanation', schemaVersion: 1, ...explanation }));
    else for (const line of explainText(explanation)) console.log(line);
  } finally {
    await archive?.close?.();
  }
}

/** What is asked for: a minute, or a bar that starts at the time. @throws `E_PERIOD` */
function readTime(
  text: string,
  freq: string | undefined,
): { startMs: number; frequency: Frequency | null; formulasOf: Frequency } {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2})(?::(\d{2})(?::00)?)?)?(?:Z)?$/.exec(text.trim());
  const [, day = '', hour, minute] = match ?? [];
  const startMs = Date.parse(`${day}T${hour ?? '00'}:${minute ?? '00'}:00Z`);
  const isReal = match !== null && !Number.isNaN(startMs) && new Date(startMs).toISOString().startsWith(day);
  if (!isReal) {
    throw new TapemillError('E_PERIOD', `expected a UTC time as YYYY-MM-DDTHH:MM, found "${text}"`, {
      expected: 'YYYY-MM-DDTHH:MM',
      found: text,
    });
  }
  const named = freq === undefined ? null : parseFrequency(freq);
  if (minute !== undefined && (named === null || startMs % named.lengthMs !== 0)) {
    return {
      startMs: Math.floor(startMs / MINUTE_MS) * MINUTE_MS,
      frequency: null,
      formulasOf: named ?? HOUR,
    };
  }
  const frequency = named ?? (hour === undefined ? parseFrequency('1d') : HOUR);
  if (startMs % frequency.lengthMs !== 0) {
    const before = new Date(Math.floor(startMs / frequency.lengthMs) * frequency.lengthMs).toISOString();
    throw new TapemillError(
      'E_PERIOD',
      `no ${frequency.label} bar starts at ${text}; the one around it starts at ${before.slice(0, frequency.lengthMs >= HOUR_MS ? 13 : 16)}`,
      { expected: before, found: text },
    );
  }
  return { startMs, frequency, formulasOf: frequency };
}
