import type { ColumnStatistics, DatasetStatistics } from '../exports/index.js';
import { columnCard } from './dataset-column.js';
import { shadeLegend, symbolHeat } from './dataset-svg.js';
import { driftTone, valueText } from './dataset-text.js';
import { countText, minuteText, plural, shareText } from './numbers.js';
import { escapeXml, page } from './page.js';

const STYLE = `
svg.swatch { display: inline-block; width: .8rem; height: .8rem; margin: 0; vertical-align: -1px; } .shade { white-space: nowrap; margin-right: .6rem; }
svg .q0 { fill: var(--none); } svg .q1, svg .q2, svg .q3, svg .q4, svg .q5 { fill: var(--c1); }
svg .q1 { fill-opacity: .2; } svg .q2 { fill-opacity: .4; } svg .q3 { fill-opacity: .6; } svg .q4 { fill-opacity: .8; }
.index { columns: 13rem; padding: 0; list-style: none; font-size: .85rem; } .index li { break-inside: avoid; } a { color: var(--c1); }
.column { border-top: 1px solid var(--line); padding: .7rem 0 .3rem; } .column h3 { margin: 0; } .column p { margin: .15rem 0; font-size: .85rem; }
.tag { font-size: .75rem; font-weight: 400; border: 1px solid currentColor; border-radius: 4px; padding: 0 .3rem; margin-left: .4rem; white-space: nowrap; }
.numbers { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.6rem, 1fr)); gap: .1rem .8rem; margin: .4rem 0; font-size: .85rem; }
.numbers div { display: flex; flex-direction: column; } .numbers dt { color: var(--soft); font-size: .75rem; } .numbers dd { margin: 0; font-variant-numeric: tabular-nums; }
details.family > summary { font-weight: 600; color: var(--ink); padding: .3rem 0; } .figures { display: grid; gap: 0 1.2rem; }
@media (min-width: 46rem) { .figures { grid-template-columns: 1fr 1fr; } }
@media print { details::details-content { content-visibility: visible; height: auto; } .column { break-inside: avoid; } }`;

/** More rows than this of a table are folded away. */
const LISTED = 25;
/** More pairs than this are not on the page. */
const PAIRS_LISTED = 1000;
/** Fewer columns than this are all shown at once. */
const OPEN_COLUMNS = 30;

/**
 * What is known of the columns of a wide table, as a page of its own.
 * @param madeAt a line under the title, for instance the time
 */
export function datasetHtml(statistics: DatasetStatistics, title: string, madeAt: string): string {
  const { columns, symbols, rows, months, firstMs, lastMs, correlated, sampleRows } = statistics;
  const drifting = columns.filter(({ drift }) => driftTone(drift) === 'bad');
  const cells = columns.reduce((sum, column) => sum + column.rows, 0);
  const nulls = columns.reduce((sum, column) => sum + column.nulls, 0);
  const cards = [
    [countText(rows), 'rows'],
    [countText(symbols.length), symbols.length === 1 ? 'symbol' : 'symbols'],
    [countText(columns.length), columns.length === 1 ? 'column' : 'columns'],
    [shareText(cells === 0 ? null : nulls / cells), 'of the cells are null'],
    [countText(drifting.length), 'columns with drift above 0.25'],
    [countText(correlated.pairs.length), 'pairs with |correlation| > 0.95'],
  ].map(
    ([value, name]) => `<div class="card"><b>${escapeXml(value!)}</b><span>${escapeXml(name!)}</span></div>`,
  );
  const monthKeys = months.map(({ key }) => key);
  const sampled =
    sampleRows === rows
      ? 'All figures are of all rows.'
      : `Coverage, min, max, mean and sd are of all rows; quantiles, histograms, drift and correlations of a sample of ${countText(sampleRows)} rows, drawn by a hash of symbol and time and the same each time.`;
  return page(
    title,
    `<h1>${escapeXml(title)}</h1>
<p>${minuteText(firstMs)} … ${minuteText(lastMs)} UTC. ${escapeXml(madeAt)}</p>
<div class="cards">${cards.join('')}</div>
<p class="note">${sampled}</p>
<ul><li><a href="#coverage">Symbols and months</a></li><li><a href="#notable">Empty and constant columns</a></li>
<li><a href="#drift">Drift</a></li><li><a href="#pairs">Correlated pairs</a></li><li><a href="#columns">Columns</a></li></ul>
<h2 id="coverage">Symbols and months</h2>
<p>Share of the bars of a month that a symbol has a row of.</p>
${shadeLegend()}
<div class="figure">${symbolHeat(symbols, monthKeys)}</div>
<h2 id="notable">Empty and constant columns</h2>
${notable(columns)}
<h2 id="drift">Drift</h2>
${driftSection(statistics)}
<h2 id="pairs">Correlated pairs</h2>
${pairSection(statistics)}
<h2 id="columns">Columns</h2>
${columnSections(columns, monthKeys)}`,
    STYLE,
  );
}

function notable(columns: readonly ColumnStatistics[]): string {
  const empty = columns.filter(({ rows, nulls }) => rows === nulls);
  const families = [...new Set(empty.map(({ column }) => column.family))].map((family) => {
    const found = empty.filter(({ column }) => column.family === family);
    const all = columns.filter(({ column }) => column.family === family).length;
    const links = found.map(({ column }) => link(column.name)).join(', ');
    const said = `${family}: ${found.length === all ? `all ${countText(all)}` : `${found.length} of ${all}`}`;
    return `<details><summary>${escapeXml(said)}</summary><p>${links}</p></details>`;
  });
  const constant = columns.filter(({ isConstant }) => isConstant).map(({ column }) => link(column.name));
  return `<p>Null in every row: ${empty.length === 0 ? 'none.' : `${plural(empty.length, 'column')}.`}</p>${families.join('')}
<p>One value in every row that has one: ${constant.length === 0 ? 'none' : constant.join(', ')}.</p>`;
}

const link = (name: string): string => `<a href="#c-${encodeURIComponent(name)}">${escapeXml(name)}</a>`;

/** A table with its first rows, the others folded away. @param columns headings, `n` before those of numbers; cells are HTML */
function foldedTable(
  columns: readonly (readonly [kind: 'key' | 'n' | '', heading: string])[],
  rows: readonly (readonly string[])[],
): string {
  const attribute = (kind: string): string => (kind === '' ? '' : ` class="${kind}"`);
  const table = (part: readonly (readonly string[])[]): string => {
    const head = columns.map(([kind, heading]) => `<th${attribute(kind)}>${heading}</th>`).join('');
    const body = part.map(
      (row) => `<tr>${columns.map(([kind], i) => `<td${attribute(kind)}>${row[i]!}</td>`).join('')}</tr>`,
    );
    return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
  };
  const more = rows.slice(LISTED);
  return `${table(rows.slice(0, LISTED))}${
    more.length === 0
      ? ''
      : `<details><summary>${countText(more.length)} more</summary>${table(more)}</details>`
  }`;
}

function driftSection({ columns, thirds, firstMs, lastMs }: DatasetStatistics): string {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const known = columns.filter(({ drift }) => drift !== null).sort((a, b) => b.drift! - a.drift!);
  const explained = `<p>Population stability index (PSI) of the last third of the time (from ${day(thirds[1])} to ${day(lastMs)}) against the first
(from ${day(firstMs)} to ${day(thirds[0] - 1)}), all symbols together: PSI = Σ (b − a) · ln(b / a) over ten bins, cut at the deciles of the first third (of at most ten different values each is a bin); a and b are the
shares of the values in a bin, at least 0.0001. Nulls are left out: the strips by month show those. Below 0.1 little has changed; above 0.25 much has.
Symbols that come or go change a column too, and prices drift by nature.</p>`;
  if (known.length === 0) return `${explained}<p>No column has 100 values in both thirds.</p>`;
  const unknown = columns.length - known.length;
  return `${explained}
<div class="figure">${foldedTable(
    [
      ['key', 'column'],
      ['n', 'PSI'],
      ['', 'change'],
    ],
    known.map(({ column, drift }) => {
      const tone = driftTone(drift);
      return [link(column.name), drift!.toFixed(3), `<span class="${tone}">${DRIFT_TEXT[tone]}</span>`];
    }),
  )}</div>${unknown === 0 ? '' : `<p>${plural(unknown, 'column')} without 100 values in both thirds.</p>`}`;
}

const DRIFT_TEXT = { good: 'little', warn: 'some', bad: 'much', none: '' } as const;

function pairSection({ correlated, sampleRows }: DatasetStatistics): string {
  const { pairs, compared } = correlated;
  const explained = `<p>Pearson correlation beyond ±0.95 among ${countText(compared)} pairs, over those of ${countText(sampleRows)} rows in which both have a value
(100 at least). One of such a pair tells a linear model nothing that the other does not.</p>`;
  if (pairs.length === 0) return `${explained}<p class="good">No pair is.</p>`;
  const shown = pairs.slice(0, PAIRS_LISTED);
  const rest = pairs.length - shown.length;
  return `${explained}
${foldedTable(
  [
    ['key', 'column'],
    ['key', 'and'],
    ['n', 'correlation'],
    ['n', 'rows'],
  ],
  shown.map(({ a, b, correlation, rows }) => [
    link(a),
    link(b),
    escapeXml(correlationText(correlation)),
    countText(rows),
  ]),
)}${rest === 0 ? '' : `<p>${countText(rest)} weaker ones are not listed; choose --columns to see them.</p>`}`;
}

/** Never rounded up to 1. */
function correlationText(correlation: number): string {
  const text = correlation.toFixed(4);
  return Math.abs(Number(text)) === 1 && Math.abs(correlation) < 1
    ? `${correlation < 0 ? '-' : ''}> 0.9999`.replace('-> ', '< -')
    : valueText(Number(text));
}

function columnSections(columns: readonly ColumnStatistics[], months: readonly string[]): string {
  const families = [...new Set(columns.map(({ column }) => column.family))];
  const index = columns.map(({ column }) => `<li>${link(column.name)}</li>`);
  const sections = families.map((family) => {
    const members = columns.filter(({ column }) => column.family === family);
    const open = columns.length <= OPEN_COLUMNS ? ' open' : '';
    return `<details class="family"${open}><summary>${escapeXml(family)}, ${plural(members.length, 'column')}</summary>
${members.map((member) => columnCard(member, months)).join('\n')}
</details>`;
  });
  return `<details><summary>Index</summary><ul class="index">${index.join('')}</ul></details>
${shadeLegend()}
<p class="note">Histograms lie between the 1 % and the 99 % quantile; the dashed line is the median. Strips show the share of rows with a value by month.</p>
${sections.join('\n')}`;
}
