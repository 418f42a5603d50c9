import { DAY_MS, type Period, daysOfMonth } from '../time/index.js';
import { type CoveredSpan, clipSpans } from './coverage.js';
import type { DaySurvey } from './survey.js';

const DAY_US = DAY_MS * 1000;
const WIDTH = 900;
const LEFT = 70;

/** Short for axes: 1200 → 1.2k. */
export function shortNumber(value: number): string {
  const units = ['', 'k', 'M', 'G', 'T'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  const digits = scaled >= 99.5 || Number.isInteger(scaled) ? 0 : scaled >= 9.95 ? 1 : 2;
  return `${scaled.toFixed(digits)}${units[unit]!}`;
}

/** A bar for every day: liquidated longs and shorts in quote, or rows where there is no value. */
export function dailyBars(days: readonly DaySurvey[], months: readonly Period[]): string {
  const startUs = months[0]!.startMs * 1000;
  const count = (months.at(-1)!.endMs - months[0]!.startMs) / DAY_MS;
  const height = 190;
  const [top, bottom] = [24, height - 22];
  const withValue = days.some(({ value }) => value !== null);
  const size = (day: DaySurvey): number => (day.value ? day.value.long + day.value.short : day.rows);
  const largest = Math.max(1, ...days.map(size));
  const step = (WIDTH - LEFT - 6) / count;
  const y = (value: number): number => bottom - (value / largest) * (bottom - top);
  const rect = (index: number, from: number, to: number, color: string): string =>
    to <= from
      ? ''
      : `<rect x="${round(LEFT + index * step)}" y="${round(y(to))}" width="${round(Math.max(step * 0.85, 0.5))}" height="${round(y(from) - y(to))}" fill="var(--${color})"/>`;
  const bars = days.map((day) => {
    const index = Math.round((day.dayUs - startUs) / DAY_US);
    const parts = day.value
      ? rect(index, 0, day.value.long, 'long') + rect(index, day.value.long, size(day), 'short')
      : rect(index, 0, day.rows, 'rows');
    return `<g>${parts}<title>${titleOf(day)}</title></g>`;
  });
  const grid = [0, 0.5, 1].map((share) => {
    const at = round(y(share * largest));
    return `<line x1="${LEFT}" x2="${WIDTH}" y1="${at}" y2="${at}" stroke="var(--line)"/><text x="${LEFT - 6}" y="${at + 4}" text-anchor="end">${shortNumber(share * largest)}</text>`;
  });
  const every = Math.ceil(months.length / 12);
  const ticks = months
    .filter((_, index) => index % every === 0)
    .map((month) => {
      const x = round(LEFT + ((month.startMs * 1000 - startUs) / DAY_US) * step);
      return `<text x="${x}" y="${height - 6}">${month.key}</text>`;
    });
  const legend = withValue
    ? `<text x="${LEFT}" y="10">liquidated a day, quote: </text><rect x="215" y="2" width="9" height="9" fill="var(--long)"/><text x="228" y="10">longs</text><rect x="268" y="2" width="9" height="9" fill="var(--short)"/><text x="281" y="10">shorts</text>`
    : `<text x="${LEFT}" y="10">rows a day</text>`;
  return svg(height, [legend, ...grid, ...bars, ...ticks], 'amounts by day');
}

/** A row for every month, a square for every day: the darker the more rows, outlined where no file covers it. */
export function coverageCalendar(
  days: readonly DaySurvey[],
  coverage: readonly CoveredSpan[],
  months: readonly Period[],
): string {
  const cell = 24;
  const byDay = new Map(days.map((day) => [day.dayUs, day]));
  const largest = Math.max(1, ...days.map(({ rows }) => rows));
  const head = Array.from(
    { length: 31 },
    (_, index) =>
      `<text x="${LEFT + index * cell + cell / 2}" y="12" text-anchor="middle">${index + 1}</text>`,
  );
  const rows = months.flatMap((month, row) => {
    const y = 18 + row * cell;
    const squares = daysOfMonth(month).map((day, index) => {
      const dayUs = day.startMs * 1000;
      const survey = byDay.get(dayUs) ?? { dayUs, rows: 0, value: null };
      const spans = clipSpans(coverage, { startUs: dayUs, endUs: dayUs + DAY_US });
      const share = spans.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0) / DAY_US;
      // The square root, so that quiet days can be told from empty ones.
      const percent = survey.rows === 0 ? 0 : Math.round(10 + 90 * Math.sqrt(survey.rows / largest));
      const fill =
        survey.rows === 0 ? 'var(--none)' : `color-mix(in srgb, var(--many) ${percent}%, var(--few))`;
      const outline = share === 1 ? 'none' : 'var(--hole)';
      const dash = share > 0 ? ' stroke-dasharray="3 2"' : '';
      const said = share === 1 ? 'covered' : share === 0 ? 'no file' : `${Math.round(share * 100)} % covered`;
      return `<rect x="${LEFT + index * cell + 1.5}" y="${y + 1.5}" width="${cell - 3}" height="${cell - 3}" rx="3" fill="${fill}" stroke="${outline}"${dash}><title>${titleOf(survey)}, ${said}</title></rect>`;
    });
    return [`<text x="${LEFT - 6}" y="${y + 16}" text-anchor="end">${month.key}</text>`, ...squares];
  });
  const below = 18 + months.length * cell + 16;
  const legend = `<text x="${LEFT}" y="${below}">darker: more rows · outlined: not covered by any file</text>`;
  return svg(below + 8, [...head, ...rows, legend], 'coverage by day');
}

function titleOf({ dayUs, rows, value }: DaySurvey): string {
  const day = new Date(dayUs / 1000).toISOString().slice(0, 10);
  const sums = value ? `, longs ${shortNumber(value.long)}, shorts ${shortNumber(value.short)}` : '';
  return `${day}: ${rows.toLocaleString('en-US')} rows${sums}`;
}

const round = (value: number): number => Math.round(value * 100) / 100;

function svg(height: number, parts: readonly string[], label: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">${parts.join('')}</svg>`;
}
