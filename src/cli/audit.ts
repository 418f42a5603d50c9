import { resolve } from 'node:path';
import { Command } from 'commander';
import { EXIT, type ExitStatus, TapemillError } from '../errors.js';
import type { AuditReport } from '../audit/index.js';
import { addArchiveOptions, archiveLocation, readRange } from './archive-options.js';
import { dataDirOption, marketOption, readSymbols } from './options.js';
import { parseMarket } from '../market/index.js';

const EXAMPLES = `Examples:
  tapemill audit RLCUSDT --start 2026-04-13 --end 2026-04-19       a week against the exchange's own klines
  tapemill audit --all --html audit.html                           all symbols of the layer, and a page to look at
  tapemill audit BTCUSDT --archive /mnt/mirror --all-minutes       klines from there, every differing minute
  tapemill audit --all --offline                                   only klines that are collected already
  tapemill audit BTCUSDT --known-defects mine.json --json          known bad objects of your own

1m klines that are not collected are fetched from --archive and kept. What is found is also written to
{data-dir}/quality: objects.parquet, minutes_off.parquet, days.parquet. docs/audit.md says what the classes mean.

`;

const EXIT_HELP = `
Exit status: 0 every minute equals its kline or differs for a named reason, 3 klines (or symbols) are missing for a part,
4 some differences are not explained, 5 the layer has nothing of it.`;

interface AuditOptions {
  readonly start?: string;
  readonly end?: string;
  readonly all?: true;
  readonly market: string;
  readonly dataDir: string;
  readonly archive: string;
  readonly index?: string;
  readonly offline?: true;
  readonly symbolsFile?: string;
  readonly knownDefects?: string;
  readonly html?: string;
  readonly allMinutes?: true;
  readonly json?: true;
}

export function auditCommand(): Command {
  const command = new Command('audit')
    .description("prove the minute layer: every minute beside the exchange's own klines")
    .argument('[symbols...]', 'symbols of the layer')
    .option('--all', 'all symbols of the layer')
    .option('--start <date>', 'first day, YYYY-MM or YYYY-MM-DD (default: all of the layer)')
    .option('--end <date>', 'last day, inclusive')
    .option('--symbols-file <file>', 'symbols, one a line')
    .addOption(marketOption())
    .addOption(dataDirOption());
  return addArchiveOptions(command)
    .option('--offline', 'fetch nothing: only klines that are collected')
    .option('--known-defects <file>', 'JSON list of known bad objects, beside the built-in ones')
    .option('--html <file>', 'write the report as a page of its own')
    .option('--all-minutes', 'list every day, differing minute and gap')
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_HELP)
    .action(async (named: string[], options: AuditOptions) => {
      process.exitCode = await runAudit(named, options);
    });
}

async function runAudit(named: readonly string[], options: AuditOptions): Promise<ExitStatus> {
  const range = readRange(options);
  const market = parseMarket(options.market);
  const dataDir = resolve(options.dataDir);
  // Loading these takes longer than showing the help does.
  const { audit } = await import('../audit/index.js');
  const { auditHtml, auditText } = await import('../report/index.js');
  const { openArchive, readDefectsFile } = await import('../archive/index.js');
  const { atomicWriteFile, listSymbols } = await import('../layer/index.js');
  const isNamed = named.length > 0 || options.symbolsFile !== undefined;
  if (options.all === true && isNamed) {
    throw new TapemillError('E_USAGE', 'expected symbols or --all, found both');
  }
  if (options.all !== true && !isNamed) {
    throw new TapemillError('E_USAGE', 'expected symbols, or --all for all of the layer');
  }
  const symbols = isNamed
    ? await readSymbols(named, options.symbolsFile)
    : await listSymbols(dataDir, market);
  if (symbols.length === 0) {
    throw new TapemillError('E_NO_LAYER', `${dataDir} has no minute layer of market ${market}`, {
      path: dataDir,
    });
  }
  const knownDefects = options.knownDefects === undefined ? [] : await readDefectsFile(options.knownDefects);
  const network = { dataDir, keepZip: false, ...(options.index !== undefined && { index: options.index }) };
  const archive = options.offline ? null : openArchive(await archiveLocation(options), network);
  let report: AuditReport;
  try {
    report = await audit({ dataDir, market, symbols, range, archive, knownDefects });
  } finally {
    await archive?.close?.();
  }
  const [first] = report.failures;
  if (report.symbols.length === 0 && first) throw first.error;
  if (options.html !== undefined) {
    const span = range === null ? 'all of the layer' : `${range.start} … ${range.end}`;
    const madeAt = `${market}, ${span}; made ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    await atomicWriteFile(
      resolve(options.html),
      Buffer.from(auditHtml(report, 'Audit of the minute layer', madeAt)),
    );
  }
  if (options.json) console.log(JSON.stringify(asJson(report)));
  else {
    for (const line of auditText(report, { all: options.allMinutes === true })) console.log(line);
    if (options.html !== undefined) console.log(`report: ${resolve(options.html)}`);
  }
  return report.exitStatus;
}

/** Raised when a member changes its meaning or goes; new members may come at any time. */
const JSON_VERSION = 1;

function asJson({ exitStatus, seconds, totals, symbols, failures }: AuditReport): object {
  return {
    type: 'audit',
    schemaVersion: JSON_VERSION,
    exitStatus,
    seconds,
    totals,
    symbols: symbols.map((symbol) => ({
      ...symbol,
      // They are in the quality ledger.
      objects: symbol.objects.length,
      off: symbol.off.map(({ minute, class: name, partner, delta, explanation }) => ({
        minute: new Date(minute).toISOString(),
        class: name,
        partner: partner === null ? null : new Date(partner).toISOString(),
        // A price without a bar is NaN, which JSON writes as null.
        delta: [...delta],
        explanation,
      })),
    })),
    failures: failures.map(({ symbol, error }) => ({ symbol, ...error.toJSON() })),
    ...(exitStatus === EXIT.done && { proved: true }),
  };
}
