import type { SettledLiquidations } from '../outputs/liquidations/index.js';
import { formatCount } from './table.js';

/** Gaps beyond this many are counted, not listed. */
const HOLES_SHOWN = 12;

/** What became of one symbol, for people. */
export function tellLiquidations(
  { meta, status, reason, rows, paths }: SettledLiquidations,
  frequency: string,
): void {
  const why = status === 'unchanged' ? 'unchanged' : `written (${reason ?? ''})`;
  console.log(`${meta.symbol}  ${frequency}  ${rows} bars  ${meta.min_ts} … ${meta.max_ts}  ${why}`);
  const lower =
    meta.lower_bound_rows > 0 ? `, ${formatCount(meta.lower_bound_rows)} of them lower bounds` : '';
  line('covered', `${formatCount(meta.covered_rows)} of ${formatCount(rows)} bars${lower}`);
  line('events', events(meta.events));
  const days = Object.entries(meta.traded_days).map(([name, count]) => `${name} (${plural(count, 'day')})`);
  line(
    'prices',
    days.length === 0
      ? 'no minute layer and no klines here: blood_content and pain_depth are empty'
      : days.join(', '),
  );
  for (const { period, reason: because } of meta.missing_periods.slice(0, HOLES_SHOWN)) {
    line('missing', `${period}: ${because}`);
  }
  const more = meta.missing_periods.length - HOLES_SHOWN;
  if (more > 0) line('missing', `and ${more} more, see the meta file`);
  console.log(`  ${paths.csv}`);
}

function events({ taken, set_aside: aside }: SettledLiquidations['meta']['events']): string {
  const parts = Object.entries(taken).map(([origin, count]) => `${formatCount(count)} of ${origin}`);
  if (aside > 0) parts.push(`${formatCount(aside)} left out: another source has their day`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

const line = (label: string, text: string): void => {
  console.log(`  ${label.padEnd(7)}  ${text}`);
};

const plural = (count: number, unit: string): string =>
  `${formatCount(count)} ${unit}${count === 1 ? '' : 's'}`;
