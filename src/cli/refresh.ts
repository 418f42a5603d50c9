import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { UpstreamChange } from '../collect/index.js';
import { MARKETS, type Market, normalizeSymbol } from '../market/index.js';
import { DAY_MS, type EpochMs, parsePeriod } from '../time/index.js';
import type { Shard } from '../work/index.js';
import { type NetworkLimits, addNetworkOptions } from './archive-options.js';
import { dataDirOption, queueOption, shardOption, workersOption } from './options.js';
import { watchSignals } from './signals.js';

const EXAMPLES = `Examples:
  tapemill refresh                         whatever was replaced or published since it was collected: rebuild it
  tapemill refresh --since 20d             only what the archive dates within the last 20 days
  tapemill refresh BTCUSDT --dry-run       what has changed upstream, nothing is done

Lists the archives anew, compares sizes, ETags and dates with the ledger, and mills only the months that depend on
objects that differ, with the range, thresholds and archive they were collected with.

`;

const EXIT_HELP = `
Exit status: 0 done, 3 partial, 5 nothing was collected yet, otherwise as of collect.`;

interface RefreshOptions extends NetworkLimits {
  readonly since?: EpochMs;
  readonly market?: Market;
  readonly dataDir: string;
  readonly queue?: string;
  readonly shard?: Shard;
  readonly workers: number;
  readonly dryRun?: true;
  readonly json?: true;
}

export function refreshCommand(): Command {
  const command = new Command('refresh')
    .description('find what changed upstream, and rebuild what depends on it')
    .argument('[symbols...]', 'only these (default: all that were ever collected)')
    .option('--since <when>', 'leave alone what was published before: 20d, 12h, or a date', parseSince)
    .addOption(new Option('--market <market>', 'only this one').choices(MARKETS))
    .option('--dry-run', 'tell what changed, and do nothing')
    .addOption(workersOption());
  return addNetworkOptions(command)
    .addOption(dataDirOption())
    .addOption(queueOption())
    .addOption(shardOption())
    .option('--json', 'print events as NDJSON')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_HELP)
    .action(runRefresh);
}

/** `20d` and `12h` back from now, or the start of a day or month. */
function parseSince(text: string): EpochMs {
  const [, count, unit] = /^(\d{1,6})([dh])$/.exec(text) ?? [];
  if (count !== undefined) return Date.now() - Number(count) * (unit === 'd' ? DAY_MS : DAY_MS / 24);
  try {
    return parsePeriod(text).startMs;
  } catch {
    throw new InvalidArgumentError('expected 20d, 12h, YYYY-MM or YYYY-MM-DD.');
  }
}

async function runRefresh(named: string[], options: RefreshOptions): Promise<void> {
  const { refresh } = await import('../collect/index.js');
  const { JsonPrinter, LinePrinter } = await import('./collect-printer.js');
  const printer = options.json ? new JsonPrinter() : new LinePrinter();
  const interruption = watchSignals();
  const tell = (change: UpstreamChange): void => {
    if (options.json) console.log(JSON.stringify({ type: 'upstream-change', ...change }));
    else {
      const when = change.lastModified === null ? '' : `, ${change.lastModified.slice(0, 10)}`;
      console.log(`${change.symbol}  ${change.period}  ${change.what} upstream${when}: ${change.key}`);
    }
  };
  try {
    const summary = await refresh({
      dataDir: resolve(options.dataDir),
      ...(options.queue === undefined ? {} : { queue: resolve(options.queue) }),
      shard: options.shard ?? null,
      symbols: named.length === 0 ? null : named.map(normalizeSymbol),
      market: options.market ?? null,
      sinceMs: options.since ?? null,
      workers: options.workers,
      network: { connections: options.connections, bytesPerSecond: options.limitRate ?? null },
      dryRun: options.dryRun === true,
      signal: interruption.signal,
      onChange: tell,
      onTick: (ledger, groups) => {
        printer.tick(ledger, groups);
      },
      onEvent: (event) => {
        printer.take(event);
      },
      onDownload: (event) => {
        printer.takeDownload(event);
      },
    });
    printer.stop();
    const { changed, appeared, vanished, symbolsChecked, collections } = summary;
    if (options.json) console.log(JSON.stringify({ type: 'done', ...summary }));
    else {
      const built = collections.reduce((sum, { monthsBuilt }) => sum + monthsBuilt, 0);
      console.log(
        `${symbolsChecked} symbols checked: ${changed} objects changed, ${appeared} appeared, ${vanished} vanished; ` +
          (options.dryRun ? 'nothing was done' : `${built} months rebuilt`),
      );
    }
    process.exitCode = summary.exitStatus;
  } catch (error) {
    printer.stop();
    if (!interruption.signal.aborted) throw error;
    console.error(`tapemill: stopped by ${interruption.name()}; what was finished is kept`);
    process.exitCode = interruption.exitStatus();
  } finally {
    interruption.release();
  }
}
