import type { Market } from '../market/index.js';
import { DAY_MS, type Frequency, MINUTE_MS } from '../time/index.js';
import { FLAG } from './classes.js';
import { type RecordedQuality, readQuality } from './quality-ledger.js';

/** Quality of bars, a row a bar, for the wide table. */
export interface BarQuality {
  /** Share of the compared minutes of the bar that equal their klines; NaN (null) when none was compared. */
  readonly dq_exact_share: Float64Array;
  /** Sum of the `FLAG`s of what occurs in the bar; 0 for a bar that is right in every minute. */
  readonly dq_flags: Float64Array;
}

/**
 * Quality of bars by what the audit recorded. Pure. The minutes of an audited day count as compared unless they lack a
 * kline; those in which nobody traded are right when the klines say so too.
 * @param starts start of each bar, ms, ascending
 */
export function qualityPerBar(
  starts: Float64Array,
  { lengthMs }: Pick<Frequency, 'lengthMs'>,
  { days, minutes }: RecordedQuality,
): BarQuality {
  const quality = {
    dq_exact_share: new Float64Array(starts.length),
    dq_flags: new Float64Array(starts.length),
  };
  let at = 0;
  starts.forEach((start, bar) => {
    const end = start + lengthMs;
    while (at < minutes.length && minutes[at]!.minute < start) at++;
    let compared = 0;
    let flags = 0;
    for (let day = Math.floor(start / DAY_MS) * DAY_MS; day < end; day += DAY_MS) {
      const known = days.get(day);
      const due = (Math.min(end, day + DAY_MS) - Math.max(start, day)) / MINUTE_MS;
      if (known === undefined) flags |= FLAG['not-audited'];
      else if (known === 0) flags |= FLAG['no-kline'];
      else compared += due;
    }
    let off = 0;
    for (let i = at; i < minutes.length && minutes[i]!.minute < end; i++) {
      const name = minutes[i]!.class;
      flags |= FLAG[name as keyof typeof FLAG];
      if (name === 'no-kline') compared--;
      else off++;
    }
    quality.dq_exact_share[bar] = compared > 0 ? (compared - off) / compared : NaN;
    quality.dq_flags[bar] = flags;
  });
  return quality;
}

/** The same, from the ledger of a data folder. @throws `E_LAYER`, `E_IO` */
export async function readQualityPerBar(
  dataDir: string,
  market: Market,
  symbol: string,
  starts: Float64Array,
  frequency: Pick<Frequency, 'lengthMs'>,
): Promise<BarQuality> {
  return qualityPerBar(starts, frequency, await readQuality(dataDir, market, symbol));
}
