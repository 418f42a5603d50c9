import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Shard } from '../work/index.js';
import { dataDirOption, positiveInteger, queueOption, shardOption } from './options.js';
import { watchSignals } from './signals.js';

const EXAMPLES = `Examples:
  tapemill collect --symbols-file top100.txt --start 2020-01 --end 2025-02-15     plans, and starts workers of its own
  tapemill worker --worker-id B                                                   in another terminal: one more
  tapemill worker --worker-id C --max-tasks 100                                   ends after so many tasks
  tapemill worker --worker-id D --queue /data/_ledger/ledger.sqlite --wait        stays when there is nothing to do

A worker takes tasks from the queue of a data folder, as any number of others do at the same time. It may be stopped or
killed at any instant: its task is taken by another one, and nothing half-written is left.

`;

const EXIT_HELP = `
Exit status: 0 the queue is empty (or --max-tasks are done), 1 failed, 2 wrong usage (a worker of this name is at work),
75 try again later (disk full), 130/143 stopped by a signal, what it had being handed back.`;

interface WorkerOptions {
  readonly dataDir: string;
  readonly queue?: string;
  readonly shard?: Shard;
  readonly workerId?: string;
  readonly maxTasks?: number;
  readonly wait?: true;
}

export function workerCommand(): Command {
  return new Command('worker')
    .description('join the queue of a data folder and work on its tasks')
    .option('--worker-id <name>', 'what status calls it (default: machine and process)')
    .option('--max-tasks <n>', 'end after so many tasks', positiveInteger)
    .option('--wait', 'stay when the queue is empty')
    .addOption(dataDirOption())
    .addOption(queueOption())
    .addOption(shardOption())
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_HELP)
    .action(work);
}

async function work(options: WorkerOptions): Promise<void> {
  // Loading these takes longer than showing the help does.
  const { defaultWorkerId, runWorker } = await import('../collect/index.js');
  const { ledgerPath } = await import('../ledger/index.js');
  const shard = options.shard ?? null;
  const workerId = options.workerId ?? defaultWorkerId();
  const queue = resolve(options.queue ?? ledgerPath(options.dataDir, shard));
  const interruption = watchSignals();
  console.log(`worker ${workerId} on ${queue}`);
  try {
    const settled = await runWorker({
      queue,
      workerId,
      // A queue that was named is shared by all shards; one that was not holds nothing but this shard.
      shard: options.queue === undefined ? null : shard,
      maxTasks: options.maxTasks ?? null,
      whenIdle: options.wait ? 'wait' : 'drained',
      signal: interruption.signal,
      onTask: (key, state) => {
        console.log(`${key}  ${state}`);
      },
    });
    if (interruption.signal.aborted) {
      console.error(`tapemill: stopped by ${interruption.name()}; what was under way is handed back`);
      process.exitCode = interruption.exitStatus();
    } else {
      console.log(`worker ${workerId}: ${settled} tasks, nothing left to do`);
    }
  } finally {
    interruption.release();
  }
}
