import type { ColumnStatistics, DatasetStatistics } from '../exports/index.js';
import { valueText } from './dataset-text.js';
import { shareText } from './numbers.js';
import { escapeXml } from './page.js';
import { WIDTH, round, svg, text } from './svg.js';

/** Shares that begin a shade; finer towards all, where a few missing bars matter. */
const SHADES = [0.5, 0.9, 0.99, 1];
const SHADE_TEXT = ['none', 'below 50 %', '50 to 90 %', '90 to 99 %', '99 to 100 %', 'all'];

/** Number of a share's shade; the page's style gives `q0` … `q5` their colours. */
function shade(share: number): number {
  return share <= 0 ? 0 : 1 + SHADES.filter((least) => share >= least).length;
}

/** What the shades mean, as HTML. */
export function shadeLegend(): string {
  const swatch = (number: number): string =>
    `<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect class="q${number}" width="10" height="10"/></svg>`;
  return `<p class="note">${SHADE_TEXT.map((said, i) => `<span class="shade">${swatch(i)} ${said}</span>`).join(' ')}</p>`;
}

/** Months of one shade next to each other are one rectangle. */
function shadedRow(
  shares: readonly (number | null)[],
  months: readonly string[],
  place: { readonly left: number; readonly y: number; readonly height: number },
): string[] {
  const { left, y, height } = place;
  const step = (WIDTH - left) / shares.length;
  const shades = shares.map((share) => (share === null ? null : shade(share)));
  const parts: string[] = [];
  let to = 0;
  while (to < shades.length) {
    const from = to++;
    while (to < shades.length && shades[to] === shades[from]) to++;
    const number = shades[from] ?? null;
    if (number === null) continue;
    const said =
      to === from + 1
        ? `${months[from]!}: ${shareText(Math.min(shares[from] ?? 0, 1))}`
        : `${months[from]!} … ${months[to - 1]!}: ${SHADE_TEXT[number]!}`;
    parts.push(
      `<rect class="q${number}" x="${round(left + from * step)}" y="${round(y)}" width="${round((to - from) * step)}" height="${height}"><title>${escapeXml(said)}</title></rect>`,
    );
  }
  return parts;
}

/** Share of the rows that have a value, month by month. */
export function coverageStrip({ coverage, column }: ColumnStatistics, months: readonly string[]): string {
  return svg(
    24,
    [
      ...shadedRow(coverage, months, { left: 0, y: 0, height: 12 }),
      text(0, 22, months[0]!, 'start'),
      ...(months.length > 1 ? [text(WIDTH, 22, months.at(-1)!, 'end')] : []),
    ],
    `share of rows with ${column.name} by month`,
  );
}

/** A row for each symbol, a column for each month. */
export function symbolHeat(symbols: DatasetStatistics['symbols'], months: readonly string[]): string {
  const [left, rowHeight, top] = [92, 11, 12];
  const rows = symbols.flatMap(({ symbol, coverage }, i) => [
    text(left - 4, top + i * rowHeight + 8, symbol, 'end'),
    ...shadedRow(coverage, months, { left, y: top + i * rowHeight, height: rowHeight - 1.5 }),
  ]);
  return svg(
    top + symbols.length * rowHeight + 2,
    [
      text(left, 8, months[0]!, 'start'),
      ...(months.length > 1 ? [text(WIDTH, 8, months.at(-1)!, 'end')] : []),
      ...rows,
    ],
    'share of the bars of each month that each symbol has',
  );
}

/** Bins between the 1 % and the 99 % quantile; a line marks the median. */
export function histogramChart({ histogram, median, column }: ColumnStatistics): string {
  if (!histogram) return '';
  const { from, to, counts, below, above } = histogram;
  const [bottom, height] = [54, 66];
  const most = Math.max(...counts, 1);
  const step = WIDTH / counts.length;
  const bars = counts
    .map((count, i) =>
      count === 0
        ? ''
        : `M${round(i * step + 0.5)} ${bottom}v${round(-Math.max(0.7, (count / most) * (bottom - 2)))}h${round(step - 1)}V${bottom}z`,
    )
    .join('');
  const at = to > from ? round(((median - from) / (to - from)) * WIDTH) : null;
  const outside = below + above;
  return svg(
    height,
    [
      `<path d="${bars}" fill="var(--c1)"/>`,
      `<line x1="0" x2="${WIDTH}" y1="${bottom}" y2="${bottom}" stroke="var(--line)"/>`,
      ...(at === null
        ? []
        : [`<line x1="${at}" x2="${at}" y1="2" y2="${bottom}" stroke="var(--c2)" stroke-dasharray="3 2"/>`]),
      text(0, height - 3, valueText(from), 'start'),
      ...(outside > 0 ? [text(WIDTH / 2, height - 3, `${outside} beyond the ends`, 'middle')] : []),
      ...(to > from ? [text(WIDTH, height - 3, valueText(to), 'end')] : []),
    ],
    `distribution of ${column.name}`,
  );
}
