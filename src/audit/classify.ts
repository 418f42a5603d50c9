import { MINUTE_MS } from '../time/index.js';
import type { OffClass } from './classes.js';
import type { Difference } from './differences.js';
import { type IdGaps, spannedFills } from './evidence.js';
import { explain } from './explanations.js';
import { CLOSE, COUNT, HIGH, LOW, OPEN } from './fields.js';
import { Run, type Surroundings } from './run.js';

/** A minute that differs, with what is to be said of it. */
export interface OffMinute extends Difference {
  readonly class: OffClass;
  /** The other minute of an edge pair; null for the other classes. */
  readonly partner: number | null;
  /** Fills that the kline counts and the bar does not; negative where it counts fewer. */
  readonly fills: number;
  readonly gaps: IdGaps;
  /** A sentence for people. */
  readonly explanation: string;
}

/** Classes differences, given in order of time; runs of neighbouring minutes are seen together. */
export function classify(differences: readonly Difference[], around: Surroundings): OffMinute[] {
  const found: OffMinute[] = [];
  for (let from = 0; from < differences.length;) {
    let to = from + 1;
    while (to < differences.length && differences[to]!.minute === differences[to - 1]!.minute + MINUTE_MS)
      to++;
    found.push(...new Judge(differences.slice(from, to), around).verdicts());
    from = to;
  }
  return found;
}

/** What is said of a minute; `why` is what the class alone does not say. */
interface Verdict {
  readonly class: OffClass;
  readonly why: string | null;
}

/** Says what the minutes of a run are. */
class Judge {
  private readonly run: Run;

  constructor(
    private readonly minutes: readonly Difference[],
    private readonly around: Surroundings,
  ) {
    this.run = new Run(minutes, around);
  }

  verdicts(): OffMinute[] {
    const verdicts = this.minutes.map((_, i) => this.ofMinute(i));
    for (const group of this.run.groups()) this.checkFills(group, verdicts);
    return verdicts.map((verdict, i) => this.finish(i, verdict));
  }

  /** What the volumes and prices of one minute say; the fills are looked at together with its neighbours'. */
  private ofMinute(i: number): Verdict {
    const { run } = this;
    const { fault, gaps } = run.states[i]!;
    const { delta, minute } = this.minutes[i]!;
    if (fault !== null) return { class: 'kline-wrong', why: fault };
    if (run.flowsOf(i).some((flow) => flow.isImpossible)) {
      const why = 'its volumes differ from the ticks in a way that no trades can bring about';
      // Beside others that differ it may be several things at once.
      return { class: run.isAlone(i) ? 'kline-wrong' : 'unexplained', why };
    }
    if (run.some(i, 'lost')) {
      return {
        class: 'unexplained',
        why: 'ticks of the bar are in no kline: neither in this one nor in the next',
      };
    }
    const isMissing = run.some(i, 'missing');
    if (isMissing && delta[COUNT] === 0 && this.arePricesEqual(i) && this.around.hasZeroQuantity(minute)) {
      return { class: 'zero-quantity', why: null };
    }
    if (isMissing && !run.hasRoom(i)) {
      return delta[COUNT]! > 0 && !Number.isNaN(gaps.before + gaps.after) && run.isAlone(i)
        ? { class: 'kline-wrong', why: 'it counts more fills than there are trade ids' }
        : { class: 'unexplained', why: 'the kline has more volume, and no trade id is missing' };
    }
    const isMoved =
      run.some(i, 'toNext') ||
      run.some(i, 'toPrevious') ||
      run.some(i - 1, 'toNext') ||
      run.some(i + 1, 'toPrevious');
    if (!this.arePricesExplained(i)) {
      return { class: 'unexplained', why: 'prices differ in a way that the volumes do not explain' };
    }
    if (isMissing) return { class: 'missing-fills', why: null };
    return { class: isMoved ? 'edge-pair' : 'count-only', why: null };
  }

  private arePricesEqual(i: number): boolean {
    const { delta } = this.minutes[i]!;
    return [OPEN, HIGH, LOW, CLOSE].every((field) => delta[field] === 0);
  }

  /** Each price may only differ towards what came in or what went out. */
  private arePricesExplained(i: number): boolean {
    const { run } = this;
    const { delta, row, kline } = this.minutes[i]!;
    if (row < 0 || kline[COUNT] === 0) return true;
    const cameFirst = run.some(i - 1, 'toNext');
    const wentLast = run.some(i, 'toNext');
    const [wentFirst, cameLast] = [run.some(i, 'toPrevious'), run.some(i + 1, 'toPrevious')];
    const missing = run.some(i, 'missing');
    const more = cameFirst || cameLast || missing;
    const less = wentFirst || wentLast;
    return (
      (delta[OPEN] === 0 || cameFirst || wentFirst || missing) &&
      (delta[CLOSE] === 0 || cameLast || wentLast || missing) &&
      (delta[HIGH]! > 0 ? more : delta[HIGH]! < 0 ? less : true) &&
      (delta[LOW]! < 0 ? more : delta[LOW]! > 0 ? less : true)
    );
  }

  /** More fills than missing ids, or fewer than ticks, are not explained by anything. */
  private checkFills(group: readonly number[], verdicts: Verdict[]): void {
    const fills = group.reduce((sum, i) => sum + this.minutes[i]!.delta[COUNT]!, 0);
    const spanned = group.reduce((sum, i) => sum + spannedFills(this.around.bars, this.minutes[i]!.row), 0);
    const isTooMany = fills > this.run.room(group);
    if (!isTooMany && -fills <= spanned) return;
    for (const i of group) {
      const verdict = verdicts[i]!;
      if (verdict.why !== null) continue;
      verdicts[i] =
        isTooMany && group.length === 1
          ? { class: 'kline-wrong', why: 'it counts more fills than there are trade ids' }
          : {
              class: 'unexplained',
              why: isTooMany
                ? 'the klines count more fills than there are trade ids'
                : 'the kline counts fewer fills than the bar has ticks',
            };
    }
  }

  private finish(i: number, { class: name, why }: Verdict): OffMinute {
    const difference = this.minutes[i]!;
    const { run } = this;
    const { gaps } = run.states[i]!;
    const isBack = run.some(i, 'toPrevious') || run.some(i + 1, 'toPrevious');
    const known = name === 'unexplained' ? this.around.knownDefect(difference.minute) : null;
    const from = run.some(i - 1, 'toNext') || run.some(i, 'toPrevious');
    const partner = name !== 'edge-pair' ? null : difference.minute + (from ? -MINUTE_MS : MINUTE_MS);
    const isExact = !run.some(i + (from ? -1 : 1), 'missing');
    const off = {
      ...difference,
      class: known === null ? name : 'known-defect',
      partner,
      fills: difference.delta[COUNT]!,
      gaps,
    } as const;
    return {
      ...off,
      explanation: explain(off, known ?? why, run.flowsOf(i), { isBack, isExact, bars: this.around.bars }),
    };
  }
}
