import { Worker } from 'node:worker_threads';
import type { CrossSection, LeakReport } from '../dataset/index.js';
import { type SerializedError, TapemillError } from '../errors.js';
import type { EpochMs } from '../time/index.js';
import { type Mill, OwnMill } from './mill.js';
import type { TableSpec } from './spec.js';
import type { FinishedSymbol } from './symbol-files.js';
import type { SymbolPlan } from './symbol-plan.js';

export interface WorkerRequest {
  readonly id: number;
  readonly method: keyof Mill;
  readonly args: readonly unknown[];
}

export interface WorkerAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly tapemill?: SerializedError;
  readonly error?: unknown;
}

/** Built beside us, also when we run from sources. */
const WORKER = new URL('../../dist/wide-table/worker.js', import.meta.url);

/** A mill in a thread of its own. */
class WorkerMill implements Mill {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (answer: WorkerAnswer) => void>();
  #asked = 0;
  #failure: Error | null = null;

  constructor(spec: TableSpec) {
    this.#worker = new Worker(WORKER, { workerData: spec });
    this.#worker.on('message', (answer: WorkerAnswer) => {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
    this.#worker.on('error', (error) => {
      this.#fail(error);
    });
    this.#worker.on('exit', (code) => {
      this.#fail(new TapemillError('E_WORKER', `a worker ended with ${code} before it had answered`));
    });
  }

  plan(symbol: string): Promise<SymbolPlan> {
    return this.#ask('plan', symbol) as Promise<SymbolPlan>;
  }

  async setSection(section: CrossSection): Promise<void> {
    await this.#ask('setSection', section);
  }

  finish(plan: SymbolPlan): Promise<FinishedSymbol> {
    return this.#ask('finish', plan) as Promise<FinishedSymbol>;
  }

  compare(plan: SymbolPlan, cutMs: EpochMs): Promise<LeakReport> {
    return this.#ask('compare', plan, cutMs) as Promise<LeakReport>;
  }

  async end(): Promise<void> {
    this.#failure ??= new Error('the worker was ended');
    await this.#worker.terminate();
  }

  #ask(method: keyof Mill, ...args: unknown[]): Promise<unknown> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure);
        return;
      }
      this.#waiting.set(id, ({ value, tapemill, error }) => {
        if (tapemill) reject(TapemillError.fromJSON(tapemill));
        else if (error !== undefined) reject(asError(error));
        else resolve(value);
      });
      this.#worker.postMessage({ id, method, args } satisfies WorkerRequest);
    });
  }

  #fail(error: unknown): void {
    this.#failure ??= asError(error);
    for (const [id, settle] of this.#waiting) settle({ id, error });
    this.#waiting.clear();
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Several mills, each of which takes the next symbol when it is done with one. */
export class Pool {
  private constructor(
    private readonly mills: readonly Mill[],
    private readonly workers: readonly WorkerMill[],
  ) {}

  /** @param workers threads; 0 does all the work in this one */
  static start(spec: TableSpec, workers: number): Pool {
    const started = Array.from({ length: workers }, () => new WorkerMill(spec));
    return new Pool(workers === 0 ? [new OwnMill(spec)] : started, started);
  }

  /**
   * What `work` makes of each item, in the order of the items. A failure is told to `onFailure`, which throws when it ends
   * all, and gives null.
   */
  async each<Item, Result>(
    items: readonly Item[],
    work: (mill: Mill, item: Item) => Promise<Result>,
    onFailure: (item: Item, error: unknown) => void,
    onDone: (done: number) => void = () => undefined,
  ): Promise<(Result | null)[]> {
    const results = new Array<Result | null>(items.length).fill(null);
    let next = 0;
    let done = 0;
    let isOver = false;
    const run = async (mill: Mill): Promise<void> => {
      while (next < items.length && !isOver) {
        const index = next++;
        try {
          results[index] = await work(mill, items[index]!);
        } catch (error) {
          try {
            onFailure(items[index]!, error);
          } catch (fatal) {
            isOver = true;
            throw fatal;
          }
        }
        onDone(++done);
      }
    };
    await Promise.all(this.mills.map(run));
    return results;
  }

  async setSection(section: CrossSection): Promise<void> {
    await Promise.all(this.mills.map((mill) => mill.setSection(section)));
  }

  async end(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.end()));
  }
}
