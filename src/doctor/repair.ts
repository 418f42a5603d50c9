import { existsSync, renameSync } from 'node:fs';
import { dropAbandonedLock } from '../download/index.js';
import { recoverStaged } from '../exports/index.js';
import { sweepTempFiles } from '../layer/index.js';
import { Ledger, rebuildLedger } from '../ledger/index.js';
import { plural } from '../watch/index.js';
import type { Leftovers } from './leftovers.js';

/** What was done, in words. */
export interface Repair {
  readonly id: 'temp-files' | 'exports' | 'stale-locks' | 'ledger' | 'lost-tasks';
  readonly done: string;
}

export interface RepairRequest {
  readonly dataDir: string;
  readonly ledgerPath: string;
  readonly leftovers: Leftovers;
  /** The ledger is missing, damaged, or does not know all of the layer. */
  readonly isRebuildable: boolean;
  /** It is there and cannot be used. */
  readonly isDamaged: boolean;
  readonly hasLostTasks: boolean;
  readonly now: () => number;
}

/** Repairs that lose nothing. What could be wanted still (downloads, quarantine, month files) is left alone. */
export async function repair(request: RepairRequest): Promise<Repair[]> {
  const { leftovers } = request;
  const repairs: Repair[] = [];
  let swept = 0;
  for (const folder of leftovers.tempFolders) swept += (await sweepTempFiles(folder)).length;
  if (swept > 0) repairs.push({ id: 'temp-files', done: `removed ${plural(swept, 'temporary file')}` });
  for (const path of leftovers.exports) await recoverStaged(path);
  if (leftovers.exports.length > 0) {
    repairs.push({
      id: 'exports',
      done: `removed or put back ${plural(leftovers.exports.length, 'folder')} of exports`,
    });
  }
  let dropped = 0;
  for (const lock of leftovers.abandonedLocks) {
    await dropAbandonedLock(lock);
    if (!existsSync(lock)) dropped++;
  }
  if (dropped > 0) repairs.push({ id: 'stale-locks', done: `removed ${plural(dropped, 'abandoned lock')}` });
  if (request.isRebuildable) repairs.push(await rebuild(request));
  if (request.hasLostTasks) repairs.push(reclaim(request));
  return repairs;
}

async function rebuild({ dataDir, ledgerPath, isDamaged, now }: RepairRequest): Promise<Repair> {
  const aside = `${ledgerPath}.damaged-${new Date(now())
    .toISOString()
    .replaceAll(/[^0-9]/g, '')
    .slice(0, 14)}`;
  if (isDamaged) {
    // Kept: somebody may want to look into it, and what belongs to it must not be taken for the new one's.
    for (const end of ['', '-wal', '-shm']) {
      if (existsSync(ledgerPath + end)) renameSync(ledgerPath + end, aside + end);
    }
  }
  const ledger = Ledger.open(ledgerPath);
  try {
    const { months, objects } = await rebuildLedger(ledger, dataDir);
    const moved = isDamaged ? `; the damaged file is ${aside} now` : '';
    return {
      id: 'ledger',
      done: `learned ${plural(objects, 'object')} of ${plural(months, 'month')} from the layer${moved}`,
    };
  } finally {
    ledger.close();
  }
}

function reclaim({ ledgerPath }: RepairRequest): Repair {
  const ledger = Ledger.open(ledgerPath);
  try {
    const count = (): number =>
      ledger.db.get("SELECT count(*) AS n FROM tasks WHERE state = 'running'")!['n'] as number;
    const before = count();
    ledger.queue.reclaim();
    return { id: 'lost-tasks', done: `gave back ${plural(before - count(), 'task')} of lost workers` };
  } finally {
    ledger.close();
  }
}
