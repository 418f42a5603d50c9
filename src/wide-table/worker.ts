import { parentPort, workerData } from 'node:worker_threads';
import type { CrossSection } from '../dataset/index.js';
import { TapemillError } from '../errors.js';
import type { EpochMs } from '../time/index.js';
import { OwnMill } from './mill.js';
import type { WorkerAnswer, WorkerRequest } from './pool.js';
import type { TableSpec } from './spec.js';
import type { SymbolPlan } from './symbol-plan.js';

/** A thread that does one thing after the other; see `WorkerMill`. */
const mill = new OwnMill(workerData as TableSpec);

async function answer({ method, args }: WorkerRequest): Promise<unknown> {
  switch (method) {
    case 'plan':
      return mill.plan(args[0] as string);
    case 'setSection':
      return mill.setSection(args[0] as CrossSection);
    case 'finish':
      return mill.finish(args[0] as SymbolPlan);
    case 'compare':
      return mill.compare(args[0] as SymbolPlan, args[1] as EpochMs);
  }
}

parentPort?.on('message', (request: WorkerRequest) => {
  const { id } = request;
  answer(request).then(
    (value) => {
      parentPort?.postMessage({ id, value } satisfies WorkerAnswer);
    },
    (error: unknown) => {
      // Other errors are mistakes of ours, or of a user's factor: structured clone keeps their stack.
      const said = TapemillError.is(error) ? { tapemill: error.toJSON() } : { error };
      parentPort?.postMessage({ id, ...said } satisfies WorkerAnswer);
    },
  );
});
