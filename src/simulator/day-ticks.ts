import { MINUTE_MS } from '../time/index.js';
import type { Anchors } from './anchors.js';
import type { Calendar, DayPlan } from './calendar.js';
import type { Instrument } from './instrument.js';
import { isHalted, type Life } from './life.js';
import { normalQuantile, Random } from './random.js';
import { allocateBatch, BATCH_ROWS, clearBatch, type TickBatch } from './tick-batch.js';

const MINUTES = 1440;
const MINUTE_US = 60_000_000;

/** Quantiles of the pause before a row, in no unit: an eighth are 0 (the same event), the rest span five decades. */
const PAUSES = Float64Array.from({ length: 4096 }, (_, i) =>
  i < 512 ? 0 : Math.exp(1.9 * normalQuantile((i - 511.5) / 3585)),
);
/** Quantiles of a row's size relative to the median: log-normal, σ = 1.85, cut at both ends. */
const SIZES = Float64Array.from({ length: 16_384 }, (_, i) =>
  Math.exp(1.85 * normalQuantile((i + 0.5) / 16_384)),
);
/** Most that a single row is worth. Keeps price × quantity below 2^52 for every instrument. */
const LARGEST_USD = 3_000_000;

/** What a market's clock resolves; earlier spot rows, and all futures rows, are on whole milliseconds. */
export type ClockUs = 1 | 1000;

/**
 * The ticks of one symbol and day in order, `agg_trade_id` rising by one. The yielded batch is reused.
 *
 * Arrivals: rows are shared out over the minutes by an intensity with a daily season, a slow random swing and
 * bursts that decay over minutes; inside a minute pauses are heavy-tailed, hence clusters and shared milliseconds.
 * Prices: a bridge between the day's anchors, followed tick by tick with noise, plus the bid-ask bounce.
 * Sides: runs of one sign, leaning with the price. Sizes: log-normal, larger with more fills.
 */
export function* dayTicks(
  instrument: Instrument,
  calendar: Calendar,
  anchors: Anchors,
  life: Life,
  plan: DayPlan,
  clockUs: ClockUs,
): Generator<TickBatch> {
  const { day, rows } = plan;
  const random = new Random(`${calendar.name}|${day.key}|ticks`);
  const intensity = minuteIntensity(random, plan, life);
  const counts = shareOut(intensity, rows);
  const startTicks = anchors.at(day.startMs);
  const endTicks = anchors.at(day.endMs);
  const path = pricePath(random, intensity, instrument.dailyVolatility, startTicks, endTicks);

  const batch = allocateBatch();
  const { fills, gaps, weight, mask } = calendar.ladder;
  const usdPerStep = stepUsd(instrument, startTicks);
  const medianSteps = instrument.medianUsd / usdPerStep;
  const largestSteps = Math.max(1, Math.floor(LARGEST_USD / usdPerStep));
  const noiseTicks = Math.max(1, Math.round(startTicks * 2e-5));
  let offsets = new Float64Array(1024);
  let row = plan.firstRow;
  let aggId = plan.firstAggId;
  let fillId = plan.firstFillId;
  let mid = startTicks;
  let selling = 0;
  let remaining = rows;

  for (let minute = 0; minute < MINUTES; minute++) {
    const count = counts[minute]!;
    if (count === 0) continue;
    if (offsets.length < count + 1) offsets = new Float64Array(count * 2);
    let total = 0;
    for (let i = 0; i <= count; i++) {
      offsets[i] = total += PAUSES[random.next() & 4095]!;
    }
    const scale = total > 0 ? MINUTE_US / clockUs / total : 0;
    const minuteUs = (day.startMs + minute * MINUTE_MS) * 1000;
    const from = path[minute]!;
    const move = path[minute + 1]! - from;
    // An upward minute has more taker buys: at most three in four.
    const sellShare = 128 - Math.max(-64, Math.min(64, Math.round((move / (noiseTicks * 8)) * 16)));

    for (let i = 0; i < count; i++) {
      const bits = random.next();
      if ((bits & 0xff) >= 140) selling = ((bits >>> 8) & 0xff) < sellShare ? 1 : 0;
      if ((bits & 0x30000) === 0) {
        const distance = from + (move * i) / count - mid;
        mid += Math.trunc(distance * 0.5) + (((bits >>> 20) & 0xff) % (2 * noiseTicks + 1)) - noiseTicks;
        if (mid < 2) mid = 2;
      }
      const sizeBits = random.next();
      const rung = row & mask;
      const size = SIZES[sizeBits & 16_383]! * weight[rung]! * (0.75 + (sizeBits >>> 14) * (0.5 / 262_144));
      const steps = Math.floor(medianSteps * size);

      const at = batch.length;
      batch.aggId[at] = aggId++;
      batch.priceTicks[at] = --remaining === 0 ? endTicks : mid + 1 - selling;
      batch.quantitySteps[at] = steps < 1 ? 1 : steps > largestSteps ? largestSteps : steps;
      fillId += gaps[rung]!;
      batch.firstFillId[at] = fillId;
      fillId += fills[rung]!;
      batch.lastFillId[at] = fillId - 1;
      batch.timeUs[at] = minuteUs + Math.floor(offsets[i]! * scale * (1 - 1e-12)) * clockUs;
      batch.buyerMaker[at] = selling;
      row++;
      if (++batch.length === BATCH_ROWS) {
        yield batch;
        clearBatch(batch);
      }
    }
  }
  if (batch.length > 0) yield batch;
}

/** US dollars of one quantity step. */
function stepUsd(instrument: Instrument, priceTicks: number): number {
  if (instrument.contractUsd !== undefined) return instrument.contractUsd;
  return priceTicks / 10 ** (instrument.priceDecimals + instrument.quantityDecimals);
}

/** Relative activity of every minute of the day; 0 outside the session and in halts. */
function minuteIntensity(random: Random, plan: DayPlan, life: Life): Float64Array {
  const intensity = new Float64Array(MINUTES);
  let swing = random.normal();
  let burst = 0;
  for (let minute = 0; minute < MINUTES; minute++) {
    const minuteMs = plan.day.startMs + minute * MINUTE_MS;
    // Quietest around 04:00 UTC, busiest around 15:00.
    const hours = Math.abs(minute / 60 - 15);
    const season = 1.6 - Math.min(hours, 24 - hours) / 10;
    swing = 0.97 * swing + 0.24 * random.normal();
    burst = burst * 0.7 + (random.unit() < 0.006 ? 4 + 16 * random.unit() : 0);
    const jitter = -Math.log(1 - random.unit());
    const open = minuteMs >= plan.session.fromMs && minuteMs < plan.session.toMs && !isHalted(life, minuteMs);
    intensity[minute] = open ? season * Math.exp(0.6 * swing) * (0.35 + 0.65 * jitter) * (1 + burst) : 0;
  }
  return intensity;
}

/** Whole rows per minute in proportion to the intensity; they sum to `rows` exactly. */
function shareOut(intensity: Float64Array, rows: number): Int32Array {
  const counts = new Int32Array(MINUTES);
  const total = intensity.reduce((sum, value) => sum + value, 0);
  let seen = 0;
  let given = 0;
  let lastOpen = 0;
  for (let minute = 0; minute < MINUTES; minute++) {
    if (intensity[minute]! > 0) lastOpen = minute;
    seen += intensity[minute]!;
    const upTo = total > 0 ? Math.floor((rows * seen) / total) : 0;
    counts[minute] = upTo - given;
    given = upTo;
  }
  // Rounding may have left a row or two.
  counts[lastOpen]! += rows - given;
  return counts;
}

/** Mid price at the start of every minute (and at the end of the day): a Brownian bridge between two anchors. */
function pricePath(
  random: Random,
  intensity: Float64Array,
  dailyVolatility: number,
  startTicks: number,
  endTicks: number,
): Float64Array {
  const path = new Float64Array(MINUTES + 1);
  const total = intensity.reduce((sum, value) => sum + value, 0);
  let walk = 0;
  for (let minute = 0; minute < MINUTES; minute++) {
    walk += dailyVolatility * Math.sqrt(intensity[minute]! / total) * random.normal();
    path[minute + 1] = walk;
  }
  for (let minute = 0; minute <= MINUTES; minute++) {
    const part = minute / MINUTES;
    const bridge = path[minute]! - part * walk;
    path[minute] = (startTicks * (1 - part) + endTicks * part) * Math.exp(bridge);
  }
  return path;
}
