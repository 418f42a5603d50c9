import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { EXIT, type ExitStatus } from '../errors.js';
import { dataDirOption, positiveInteger, positiveNumber } from './options.js';
import { type StatusView, printHistory, printOnce, watchStatus } from './status-view.js';

const EXAMPLES = `Examples:
  tapemill status                                   where the collection in ./data stands
  tapemill status --watch                           the same, redrawn until all is settled
  tapemill status --all | less                      every symbol, failure and hole
  tapemill status --json | jq .speed                one object; --json --watch prints one a line
  tapemill status --history BTCUSDT/2024-01         all that happened to one month
  tapemill status --shard 2/5                       the ledger of one shard

Only looks: it may run while others collect, and on a folder that cannot be written to.

`;

const EXIT_HELP = `
Exit status: 0 work goes on, or all is done; 75 work is left and somebody must do something before it goes on (no
worker is alive, a task stands still); 5 no ledger there. When all is settled, as collect: 3 with holes or failures,
and if nothing at all was achieved, the status of what failed. --watch ends with it when all is settled; Ctrl-C before
that ends it with 0.`;

export interface StatusOptions {
  readonly dataDir: string;
  readonly queue?: string;
  readonly shard?: string;
  readonly watch?: true;
  readonly once?: true;
  readonly interval: number;
  readonly json?: true;
  readonly all?: true;
  readonly color: boolean;
  readonly stallMinutes: number;
  readonly history?: string;
}

export function statusCommand(): Command {
  return new Command('status')
    .description('where a collection stands: counts, workers, speed, failures, holes, stalls')
    .addOption(dataDirOption())
    .option('--queue <file>', 'the ledger itself (default: {data-dir}/_ledger/ledger.sqlite)')
    .addOption(new Option('--shard <i/n>', 'the ledger of a shard').conflicts('queue'))
    .option('--watch', 'redraw until all is settled; a line an interval when not on a terminal')
    .addOption(new Option('--once', 'print and end: the default').conflicts('watch'))
    .option('--interval <seconds>', 'between two looks of --watch', positiveNumber, 2)
    .option('--json', 'print one JSON object')
    .option('--all', 'every symbol, failure and hole')
    .option('--no-color', 'without colours (also: NO_COLOR)')
    .option('--stall-minutes <n>', 'how long nothing moves before it is a stall', positiveInteger, 15)
    .option('--history <symbol/period>', 'all events of one task: BTCUSDT/2024-01, BTCUSDT/bars')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_HELP)
    .action(async (options: StatusOptions) => {
      process.exitCode = await runStatus(options);
    });
}

async function runStatus(options: StatusOptions): Promise<ExitStatus> {
  // Loading the database takes longer than showing the help does.
  const { ledgerPath } = await import('../ledger/index.js');
  const { parseShard } = await import('../work/index.js');
  const shard = options.shard === undefined ? null : parseShard(options.shard);
  const view: StatusView = {
    path: resolve(options.queue ?? ledgerPath(options.dataDir, shard)),
    json: options.json === true,
    all: options.all === true,
    color: options.color,
    stallMs: options.stallMinutes * 60_000,
    out: process.stdout,
    env: process.env,
  };
  if (options.history !== undefined) {
    printHistory(view, options.history);
    return EXIT.done;
  }
  if (!options.watch) return printOnce(view);
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort();
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await watchStatus(view, Math.max(0.1, options.interval) * 1000, stop.signal);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
