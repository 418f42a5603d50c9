import { ERROR_KINDS, EXIT, type ErrorCode, type ExitStatus } from '../errors.js';
import type { TaskRow } from '../work/index.js';
import type { CollectEvent } from './events.js';
import type { BarsOutcome } from './outcome.js';
import { barsKey } from './payload.js';
import type { PlannedSymbol } from './plan-symbol.js';
import type { CollectSummary } from './request.js';

export type SymbolOutcome =
  | { readonly status: 'ok' | 'partial' }
  | { readonly status: 'failed'; readonly failure: { readonly code: ErrorCode; readonly message: string } };

/** How a symbol fared, by its tasks, all of which are settled. */
export function outcomeOfGroup(planned: PlannedSymbol, rows: readonly TaskRow[]): SymbolOutcome {
  const wanted = new Set(planned.tasks.map(({ key }) => key));
  const mine = rows.filter(({ key }) => wanted.has(key));
  const bars = rows.find(({ key }) => key === barsKey(planned.group));
  if (bars?.state === 'failed' || bars?.state === 'missing') {
    const { code, reason } = bars;
    return { status: 'failed', failure: { code: (code ?? 'E_WORKER') as ErrorCode, message: reason ?? '' } };
  }
  const isMonthFailed = mine.some(({ state }) => state === 'failed');
  const dataStatus = planned.unchanged?.meta.status ?? (bars?.result as BarsOutcome | null)?.dataStatus;
  return { status: isMonthFailed || dataStatus === 'partial' ? 'partial' : 'ok' };
}

/** Counts what is done, by the events of the work. */
export class Tally {
  #monthsBuilt = 0;
  #monthsReused = 0;
  #objectsMilled = 0;
  #objectsFailed = 0;
  #rows = 0;
  #accepted = 0;
  #bytes = 0;

  reused(months: number): void {
    this.#monthsReused += months;
  }

  take(event: CollectEvent): void {
    if (event.type === 'object-milled') {
      this.#objectsMilled++;
      this.#rows += event.account.rows;
      this.#accepted += event.account.accepted;
      this.#bytes += event.bytes;
    } else if (event.type === 'object-failed') {
      this.#objectsFailed++;
    } else if (event.type === 'month-written') {
      this.#monthsBuilt++;
    }
  }

  summarize(outcomes: readonly SymbolOutcome[]): Omit<CollectSummary, 'seconds'> {
    const count = (status: SymbolOutcome['status']): number =>
      outcomes.filter((outcome) => outcome.status === status).length;
    const failed = count('failed');
    const first = outcomes.find((outcome) => outcome.status === 'failed');
    let exitStatus: ExitStatus = EXIT.done;
    if (failed > 0 && failed === outcomes.length && first) exitStatus = ERROR_KINDS[first.failure.code].exit;
    else if (failed > 0 || count('partial') > 0) exitStatus = EXIT.partial;
    return {
      exitStatus,
      symbolsDone: count('ok'),
      symbolsPartial: count('partial'),
      symbolsFailed: failed,
      monthsBuilt: this.#monthsBuilt,
      monthsReused: this.#monthsReused,
      objectsMilled: this.#objectsMilled,
      objectsFailed: this.#objectsFailed,
      rows: this.#rows,
      accepted: this.#accepted,
      bytes: this.#bytes,
    };
  }
}
