import { listLiquidationFactors } from './liquidations/index.js';
import { type Factor, type FactorDefinition, listFactors } from './registry.js';

const INTRODUCTION = `# Factors

<!-- Made by scripts/generate-docs.js from src/factors/; do not edit. -->

One row per symbol and bar. A bar is labelled by its start, \`minute\`, and covers \`[start, start + length)\` in UTC;
its values are known from its end on. A bar exists when at least one tick fell into it.

An empty value is a null in Parquet and an empty cell in CSV: never 0, never infinite. Sums are exact sums of the
minutes' values, rounded once. Ratios are computed from rolled-up sums, never averaged.

**quote** is price × quantity, in quote currency; for coin-margined contracts it is contracts × contract size, in
US dollars. **Taker buy** is a tick whose buyer was the taker (\`is_buyer_maker\` false). A **tick** is one aggTrade, a
**fill** one of the trades that it stands for. The whale and retail thresholds are options of \`collect\` and stand in
the meta file; they default to 50,000 and 1,000.
`;

const FAMILY_NOTES: Readonly<Record<FactorDefinition['family'], string>> = {
  'order-flow': '',
  liquidations: `Columns of \`liquidationFactors\`; see [liquidations.md](liquidations.md). One row for every bar from the first
to the last that is known of, with events or without. Inputs are columns of the events and of the bar. In a name, \`{w}\`
is a window in bars of the table.

`,
  'liquidation-engine': `Columns of \`LiquidationFactorEngine\`; see [liquidations.md](liquidations.md). In a name, \`{side}\`
is \`long\` or \`short\`, \`{size}\` is \`small\`, \`med\` or \`large\`, \`{L}\` a look-back in hours, \`{W}\` a
window in bars, \`{100Q}\` a quantile in percent, and \`{c}\` one of the columns under "inputs".

`,
};

/** docs/factors.md */
export function renderFactorDocs(): string {
  const families = new Map<FactorDefinition['family'], Factor[]>();
  for (const factor of [...listFactors(), ...listLiquidationFactors()]) {
    families.set(factor.family, [...(families.get(factor.family) ?? []), factor]);
  }
  const sections = Array.from(
    families,
    ([family, factors]) => `## ${family}\n\n${FAMILY_NOTES[family]}${renderTable(factors)}`,
  );
  return `${INTRODUCTION}\n${sections.join('\n')}`;
}

const HEADINGS = [
  'factor',
  'type',
  'unit',
  'range',
  'formula',
  'empty when',
  'rolls up by',
  'inputs',
  'window',
  'source',
];

function renderTable(factors: readonly Factor[]): string {
  const rows = factors.map((factor) => [
    `\`${factor.name}\``,
    factor.type,
    factor.unit,
    factor.range,
    factor.formula,
    factor.whenEmpty ?? 'never',
    factor.rollsUp,
    factor.inputs.map((input) => `\`${input}\``).join(', '),
    factor.window,
    factor.source,
  ]);
  return [HEADINGS, HEADINGS.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(escape).join(' | ')} |\n`)
    .join('');
}

/** Keeps a bar of an absolute value from ending the cell. */
function escape(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
