import type { ColumnStatistics } from '../exports/index.js';
import { coverageStrip, histogramChart } from './dataset-svg.js';
import { driftTone, valueText } from './dataset-text.js';
import { countText, shareText } from './numbers.js';
import { escapeXml } from './page.js';

/** One column: what it is, its numbers, its histogram, and its coverage where there are nulls. */
export function columnCard(statistics: ColumnStatistics, months: readonly string[]): string {
  const { column, rows, nulls, drift } = statistics;
  const tone = driftTone(drift);
  const tags = [
    ...(nulls === rows ? ['<span class="tag bad">empty</span>'] : []),
    ...(statistics.isConstant ? ['<span class="tag warn">constant</span>'] : []),
    ...(tone === 'bad' || tone === 'warn'
      ? [`<span class="tag ${tone}">PSI ${drift!.toFixed(2)}</span>`]
      : []),
  ];
  const unit = column.unit === null || column.unit === '1' ? '' : ` (${column.unit})`;
  const meaning = `${column.meaning ?? 'A factor of the user’s own.'}${unit}`;
  const whenNull =
    column.whenNull === null || nulls === 0 ? '' : `<p>Null when ${escapeXml(column.whenNull)}.</p>`;
  const numbers = [
    ['nulls', nulls === 0 ? 'none' : shareText(nulls / rows)],
    ['min', valueText(statistics.min)],
    ['p1', valueText(statistics.p1)],
    ['median', valueText(statistics.median)],
    ['p99', valueText(statistics.p99)],
    ['max', valueText(statistics.max)],
    ['mean', valueText(statistics.mean)],
    ['sd', valueText(statistics.deviation)],
  ].map(([name, value]) => `<div><dt>${name!}</dt><dd>${escapeXml(value!)}</dd></div>`);
  const values = nulls === rows ? '' : `<dl class="numbers">${numbers.join('')}</dl>`;
  const figures = [
    statistics.isConstant ? '' : histogramChart(statistics),
    nulls === 0 || nulls === rows
      ? ''
      : `<div>${coverageStrip(statistics, months)}<p>${countText(nulls)} nulls in ${countText(rows)} rows</p></div>`,
  ];
  return `<div class="column" id="c-${escapeXml(column.name)}"><h3>${escapeXml(column.name)}${tags.join('')}</h3>
<p>${escapeXml(meaning)}</p>${whenNull}${values}
<div class="figures">${figures.join('')}</div></div>`;
}
