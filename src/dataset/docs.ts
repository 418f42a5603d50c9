import { WIDE_FAMILIES, type WideColumnDefinition, type WideFamily } from './column.js';
import { WIDE_COLUMNS } from './registry.js';

const INTRODUCTION = `# Wide table

<!-- Made by scripts/generate-docs.js from src/dataset/; do not edit. -->

One row per symbol and bar: everything that a model may know at the end of that bar. \`src/dataset/\` makes it of columns, and
touches neither disk, clock nor network.

Row t covers [t, t + length). \`bar_end_time\` is its end, \`feature_time\` one millisecond later. A value is in the row only
if it was known by \`bar_end_time\`. A null is an empty cell in CSV, null in Parquet and NaN in memory, never 0; nothing is
infinite. Flags are 1 or 0.

## When a value is known

| source | known |
| --- | --- |
| minutes, from the minute layer or from 1m klines | when they end |
| mark, index and premium klines | when they end |
| metrics | at the end of their 5 minutes, whichever end the stamp is (\`available_at\` of docs/sources.md) |
| funding | at the settlement; ms of jitter belong to the hour |
| liquidations | at the event |
| dumps | at their stamp, or a period later (\`known_ts\` of docs/imports.md) |
| tickers | when they arrived at whoever recorded them |

What does not come with every bar is joined as-of: the latest value known at the end of the bar, column by column, blank cells
passed over. It is null when it has been known for longer than a maximum age: funding 24 h, metrics 1 h, mark, index, premium
and tickers 5 minutes. \`funding_age_s\` and \`metrics_age_s\` say how long the oldest value shown has been known.

Rolling statistics look back only. They need their full window, without nulls, unless a smaller one is named.

## Minutes

Groups 7 to 12 are made of the minutes of the bar as the exchange's klines have them: open, high, low, close and volume; a
minute without trades carries the last close, with volume 0. There is none before the first trade, and none where the source
has a hole; after a hole the grid starts anew with the first trade. Klines are taken as they are. A bar has a row when it has
at least one minute. Divisions by volume or price use max(x, 10⁻¹²), so a minute without trades adds 0.

\`r\` is ln of successive closes; that of the first minute of a bar is 0, so that no bar looks into another one. "Kept" minutes
are those with high / low ≤ 1.2, or all when fewer than 10 are.

## Where the definition is silent

- **A bar in which nothing was traded** has a row if it is covered: prices are the last close, volumes 0, \`vwap\` null.
- **\`is_stable\`** is what it was in the pipeline that the table comes from: no cooldown.
- **\`is_mature\`**: the first 24 rows are not, the 25th is.
- **No spike**, for \`is_valid_for_training\`, is neither of price nor of volume.
- **Flags are never null.** In the first row there is no jump; with fewer than 24 rows there is no volume spike. \`arb_pressure\`
  is no such flag but says something of funding, and is null when the rate is.
- **A cooldown** lasts for all rows that start up to 2 hours after the row under maintenance, that hour included.
- **Deltas** are against the previous row, whatever lies between; \`gap_seconds\` says what does. **Returns** are simple and by
  time: null when the bar of 1, 24 or 168 hours earlier is missing.
- **\`cs_coverage_frac\`** divides by the symbols that have had a row up to then. The number of all symbols of the table would
  tell in 2020 how many are listed by 2026.
- **\`hours_to_funding\`** counts from the end of the bar, by the interval of the last settlement: at a settlement it is the
  whole interval, never 0. When the next settlement is missing, the one after it is counted to.
- **\`relative_volume\`** compares base volumes, as it is defined: of different coins it only says how it changes over time.
- **In bars of other lengths than an hour** "minute < 45" is the first three quarters; "first 10" and "last 5" stay minutes;
  \`rv_std_sqrt60\` and \`qrs_beta_…\` stay per hour; windows of rows stay rows.
- **R²** of prices that are all equal is null, and so is skewness of equal values; the slope is 0.
- **\`liq_tail_risk\`, \`liq_tail_var_share\`** and the \`skratio\` have 10⁻¹² added to their denominators, as the golden
  values have.
- **\`oi_delta_usd_over_quote_volume\`** divides by what was really traded in quote, not by close × volume.
- **A dump's sample at the very start of a bar** belongs to the bar before, whose end it is.
- **\`dq_exact_share\`, \`dq_flags\`** say what an audit found of the bar, by klines that are published days later. They are there to
  choose rows by, not to learn from, and the leak check leaves them out.
- **A ticker's basis** is of last price and index.

## Your own factors

\`\`\`ts
const calm = defineFactor({
  name: 'calm',
  inputs: ['rv_std_sqrt60', 'vol_regime'],
  unit: '1',
  formula: 'rv_std_sqrt60 × vol_regime',
  compute: ({ rv_std_sqrt60, vol_regime }) => rv_std_sqrt60.map((rv, row) => rv * vol_regime[row]!),
});
const wider = computeFactors(table, [calm]);
\`\`\`

Inputs are columns of the table, other factors, bars of the layer (\`layer.whale_buy_quote\`), and what sources say at the end of
the bar (\`metrics.sum_open_interest\`, \`fundingRate.last_funding_rate\`, \`markPriceKlines.close\`, …); the order follows from them.
\`tapemill dataset build --factors my-factors.ts\` adds the factors of a file: [own factors](guides/own-factors.md). A cycle, an input that does not exist and a name that is taken
are refused with \`E_USAGE\`. \`checkLeaks(build, cuts, { lengthMs })\` rebuilds from inputs cut at several times and lists every
cell of a bar that had ended by then and is another one.
`;

const TITLES: Readonly<Record<WideFamily, string>> = {
  price: '1. Price',
  funding: '2. Funding',
  triad: '3. Price triad',
  'open-interest': '4. Open interest and ratios',
  dumps: '4a. Your dumps (only those that are given)',
  ticker: '4b. Tardis tickers (only when given)',
  universe: '5. Time and universe',
  quality: '6. Quality',
  momentum: '7. Momentum',
  volatility: '8. Volatility',
  shape: '9. Shape',
  liquidity: '10. Liquidity',
  'price-volume': '11. Price-volume correlation',
  'volume-by-return': '12. Volume by return',
  'order-flow': '13. Order flow',
  liquidations: '14. Liquidations',
  cross: '15. Across time and symbols',
};

const HEADINGS = ['column', 'type', 'unit', 'range', 'formula', 'null when', 'window', 'inputs', 'source'];

/** docs/wide-table.md */
export function renderWideTableDocs(): string {
  const sections = WIDE_FAMILIES.map(
    (family) => `## ${TITLES[family]}\n\n${renderTable(WIDE_COLUMNS[family])}`,
  );
  return `${INTRODUCTION}\n${sections.join('\n')}`;
}

function renderTable(columns: Readonly<Record<string, WideColumnDefinition>>): string {
  const rows = Object.entries(columns).map(([name, column]) => [
    `\`${name}\``,
    column.type,
    column.unit,
    column.range,
    column.formula,
    column.whenNull ?? 'never',
    column.window,
    column.inputs.map((input) => `\`${input}\``).join(', '),
    column.source,
  ]);
  return [HEADINGS, HEADINGS.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('');
}
