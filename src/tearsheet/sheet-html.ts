import { themeStyle } from '../plot/index.js';
import { type HtmlColumn, countText, escapeXml, htmlTable, page } from '../report/index.js';
import { decayChart, histogramChart, monthlyChart, quantileChart, spreadChart } from './charts.js';
import { type Sheet, ruleText, subtitleOf } from './sheet.js';
import type { HorizonSheet } from './tear-sheet.js';
import { TOO_FEW, bpText, coefficientText, estimateText, shareOf, tText, valueText } from './words.js';

const STYLE = `${themeStyle()}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:.4rem 1.2rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:var(--soft)}dd{margin:0}.wide + .wide{margin-top:1.2rem}`;

const texts = (...headings: string[]): HtmlColumn[] => headings.map((heading) => ({ heading }));
const numbers = (...headings: string[]): HtmlColumn[] =>
  headings.map((heading) => ({ heading, kind: 'number' }));

/** The sheet as a page of its own. */
export function sheetHtml(sheet: Sheet): string {
  const { column, results, leftOut } = sheet;
  const title = `Tear sheet: ${column}`;
  const left = leftOut.map(({ symbol, why }) => `<li>${escapeXml(`${symbol}: ${why}`)}</li>`).join('');
  return page(
    title,
    `<style>${STYLE}</style>
<h1>${escapeXml(title)}</h1>
<p>${escapeXml(subtitleOf(sheet))}</p>
${definition(sheet)}
${left === '' ? '' : `<details open><summary>Symbols left out</summary><ul>${left}</ul></details>`}
<h2>Information coefficient</h2>
<p>Correlation of the factor with the log return from the end of its bar over the horizon. Returns of a horizon of several bars overlap, so pairs are fewer in truth than in number.</p>
${pooledTable(results.horizons)}
${acrossTable(sheet)}
<div class="charts">${results.horizons.map(monthlyChart).join('')}${decayChart(results.decay, results.quantileRule)}</div>
${monthDetails(results.horizons)}
${symbolDetails(results.horizons)}
${decayDetails(sheet)}
<h2>Returns by quintile</h2>
<p>${escapeXml(ruleText(sheet))} Means over bars of the mean over symbols, in basis points of log return, with standard errors of Newey and West.</p>
<div class="charts">${results.horizons.map(quantileChart).join('')}</div>
${quantileTable(results.horizons)}
<h2>Top less bottom quintile</h2>
<div class="charts">${results.horizons.map((one) => spreadChart(one, 'Top − bottom')).join('')}</div>
${spreadTable(results.horizons)}
<h2>Turnover</h2>
${htmlTable(
  [...numbers('bars later'), ...numbers('in another quintile', 'rank autocorrelation')],
  results.persistence.map((one) => [
    countText(one.bars),
    shareOf(one.turnover),
    estimateText(one.rankAutocorrelation),
  ]),
)}
<h2>Distribution</h2>
${distribution(sheet)}
<h2>Coverage</h2>
<p>Share of the bars of each month that have a value.</p>
${coverage(sheet)}
<p class="note">“${TOO_FEW}”: below the fewest observations that docs/tearsheet.md names, or nothing varies. n: number of observations.</p>`,
  );
}

function definition({ column, definition: found }: Sheet): string {
  if (found === null)
    return `<p>${escapeXml(column)} is a factor of your own; its definition is where you wrote it.</p>`;
  const rows = [
    ['formula', found.formula],
    ['unit', found.unit],
    ['null when', found.whenNull ?? 'never'],
    ['family', found.family],
    ['source', found.source],
  ];
  return `<dl>${rows.map(([name, text]) => `<dt>${name!}</dt><dd>${escapeXml(text!)}</dd>`).join('')}</dl>`;
}

function pooledTable(horizons: readonly HorizonSheet[]): string {
  return htmlTable(
    [...texts('pooled, horizon'), ...numbers('Pearson', 'Spearman', 'pairs')],
    horizons.map(({ horizon, pooled }) => [
      horizon.label,
      coefficientText(pooled.pearson.value),
      coefficientText(pooled.spearman.value),
      countText(pooled.spearman.observations),
    ]),
  );
}

function acrossTable({ results }: Sheet): string {
  if (results.quantileRule === 'own past') {
    return '<p>Coefficients across symbols need at least 5 symbols.</p>';
  }
  const rows = results.horizons.flatMap(({ horizon, crossSection }) =>
    (['pearson', 'spearman'] as const).map((name) => {
      const one = crossSection![name];
      return [
        horizon.label,
        name === 'pearson' ? 'Pearson' : 'Spearman',
        coefficientText(one.mean),
        coefficientText(one.deviation),
        coefficientText(one.ir),
        tText(one.t),
        String(one.lags),
        one.positiveShare === null ? TOO_FEW : `${(one.positiveShare * 100).toFixed(1)} %`,
        countText(one.bars),
      ];
    }),
  );
  const columns = [
    ...texts('across symbols, horizon', ''),
    ...numbers('mean', 'sd', 'IR', 't', 'lags', '> 0', 'bars'),
  ];
  return htmlTable(columns, rows);
}

function details(summary: string, table: string): string {
  return `<details><summary>${escapeXml(summary)}</summary>${table}</details>`;
}

function monthDetails(horizons: readonly HorizonSheet[]): string {
  const months = horizons[0]?.perMonth ?? [];
  const rows = months.map(({ month }, i) => [
    month,
    ...horizons.map(({ perMonth }) => estimateText(perMonth[i]!.spearman)),
  ]);
  return details(
    'Months: Spearman',
    htmlTable([...texts('month'), ...numbers(...horizons.map(({ horizon }) => horizon.label))], rows),
  );
}

function symbolDetails(horizons: readonly HorizonSheet[]): string {
  const symbols = horizons[0]?.perSymbol ?? [];
  const rows = symbols.map(({ symbol }, i) => [
    symbol,
    ...horizons.flatMap(({ perSymbol }) => [
      coefficientText(perSymbol[i]!.pearson.value),
      estimateText(perSymbol[i]!.spearman),
    ]),
  ]);
  const headings = horizons.flatMap(({ horizon }) => [
    `${horizon.label} Pearson`,
    `${horizon.label} Spearman`,
  ]);
  return details('Symbols', htmlTable([...texts('symbol'), ...numbers(...headings)], rows));
}

function decayDetails({ results }: Sheet): string {
  const isAcross = results.quantileRule === 'cross-section';
  const rows = results.decay.map(({ bars, value, standardError, observations }) => [
    countText(bars),
    coefficientText(value),
    ...(isAcross ? [coefficientText(standardError)] : []),
    countText(observations),
  ]);
  const headings = ['bars', 'Spearman', ...(isAcross ? ['standard error', 'bars with a value'] : ['pairs'])];
  return details('Decay', htmlTable(numbers(...headings), rows));
}

function quantileTable(horizons: readonly HorizonSheet[]): string {
  const rows = horizons.flatMap(({ horizon, quantiles }) =>
    quantiles.map(({ quantile, mean, standardError, t, bars, observations }) => [
      horizon.label,
      String(quantile),
      bpText(mean),
      bpText(standardError),
      tText(t),
      countText(bars),
      countText(observations),
    ]),
  );
  const columns = [
    ...texts('horizon'),
    ...numbers('quintile', 'mean, bp', 'standard error', 't', 'bars', 'pairs'),
  ];
  return details('Numbers', htmlTable(columns, rows));
}

function spreadTable(horizons: readonly HorizonSheet[]): string {
  return htmlTable(
    [...texts('horizon'), ...numbers('mean, bp', 'standard error', 't', 'lags', 'bars')],
    horizons.map(({ horizon, spread }) => [
      horizon.label,
      bpText(spread.mean),
      bpText(spread.standardError),
      tText(spread.t),
      String(spread.lags),
      countText(spread.bars),
    ]),
  );
}

function distribution({ results, definition: found }: Sheet): string {
  const { distribution: one } = results;
  const rows = [
    ['values', countText(one.observations)],
    ['zeros', countText(one.zeros)],
    ['mean', valueText(one.mean)],
    ['standard deviation', valueText(one.deviation)],
    ['skewness', valueText(one.skewness)],
    ['excess kurtosis', valueText(one.excessKurtosis)],
    ...one.quantiles.map(({ q, value }) => [
      q === 0 ? 'smallest' : q === 1 ? 'largest' : `${q * 100} % quantile`,
      valueText(value),
    ]),
    ...(one.histogram === null
      ? []
      : [['outside of the drawing', countText(one.histogram.below + one.histogram.above)]]),
  ];
  const table = htmlTable([...texts(''), ...numbers('')], rows);
  return `<div class="charts">${histogramChart(one, found?.unit ?? '')}${table}</div>`;
}

function coverage({ results }: Sheet): string {
  const { months, symbols } = results.coverage;
  return htmlTable(
    [...texts('symbol'), ...numbers(...months.map(({ month, bars }) => `${month} (${countText(bars)})`))],
    symbols.map(({ symbol, present }) => [
      symbol,
      ...present.map((count, i) => {
        const bars = months[i]!.bars;
        return bars === 0 ? '–' : `${(Math.floor((count / bars) * 1000) / 10).toFixed(1)} %`;
      }),
    ]),
  );
}
