import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Ledger, ledgerPath } from '../../src/ledger/index.js';
import { DEFAULT_THRESHOLDS } from '../../src/ticks/index.js';
import { parseRange } from '../../src/time/index.js';

/** Small, seeded, uniform in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Patient enough for a server that fails a third of all requests, and quick about it. */
const NETWORK = {
  backoffMs: 5,
  maxBackoffMs: 50,
  stallTimeoutMs: 400,
  headersTimeoutMs: 400,
  connectTimeoutMs: 2000,
  attempts: 25,
};

export interface SoakRequest {
  readonly archive: string;
  readonly dataDir: string;
  readonly symbols: readonly string[];
  readonly range: readonly [start: string, end: string];
  readonly workers: number;
}

interface Owner {
  readonly child: ChildProcess;
  readonly ended: Promise<{ status: number | null; stderr: string }>;
}

/** Starts a collection that may be killed. */
export function startOwner({ range, ...request }: SoakRequest): Owner {
  const text = JSON.stringify({
    ...{ market: 'um', thresholds: DEFAULT_THRESHOLDS, keepZip: false, prefer: null, network: NETWORK },
    ...request,
    range: parseRange(...range),
  });
  const child = spawn(process.execPath, [fileURLToPath(new URL('owner.js', import.meta.url)), text], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (said: string) => (stderr += said));
  const ended = new Promise<{ status: number | null; stderr: string }>((resolve) => {
    child.once('close', (status) => {
      resolve({ status, stderr });
    });
  });
  return { child, ended };
}

export interface Disturbance {
  readonly kills: { readonly owners: number; readonly workers: number };
  /** What the last owner, which was left alone, ended with. */
  readonly status: number | null;
  readonly stderr: string;
}

/**
 * Collects while killing, with SIGKILL and at random instants, now a worker and now the owner, which is started anew;
 * after `kills` of them it is left alone.
 */
export async function soak(
  request: SoakRequest,
  { seed, kills, pauseMs }: { seed: number; kills: number; pauseMs: readonly [number, number] },
): Promise<Disturbance> {
  const random = randomFrom(seed);
  const done = { owners: 0, workers: 0 };
  let owner = startOwner(request);
  while (done.owners + done.workers < kills) {
    await Promise.race([sleep(pauseMs[0] + random() * (pauseMs[1] - pauseMs[0])), owner.ended]);
    if (owner.child.exitCode !== null) break;
    if (random() < 0.25) {
      owner.child.kill('SIGKILL');
      await owner.ended;
      done.owners++;
      await sleep(random() * 300);
      owner = startOwner(request);
      continue;
    }
    const victim = pickWorker(request.dataDir, random);
    try {
      if (victim === undefined) continue;
      process.kill(victim, 'SIGKILL');
      done.workers++;
    } catch {
      // It ended by itself a moment ago.
    }
  }
  return { kills: done, ...(await owner.ended) };
}

/** A living worker process of the queue. */
function pickWorker(dataDir: string, random: () => number): number | undefined {
  const path = ledgerPath(dataDir);
  if (!existsSync(path)) return undefined;
  const ledger = Ledger.open(path, { readOnly: true });
  try {
    const pids = ledger.roster.living().map(({ pid }) => pid);
    return pids[Math.floor(random() * pids.length)];
  } catch {
    return undefined; // not a ledger yet
  } finally {
    ledger.close();
  }
}

/** Where objects that are being fetched lie. */
export const downloads = (dataDir: string): string => join(dataDir, '_tmp', 'binance_vision');
