import { type Factor, listFactors } from './registry.js';

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

/** docs/factors.md */
export function renderFactorDocs(): string {
  const families = new Map<string, Factor[]>();
  for (const factor of listFactors()) {
    families.set(factor.family, [...(families.get(factor.family) ?? []), factor]);
  }
  const sections = Array.from(families, ([family, factors]) => `## ${family}\n\n${renderTable(factors)}`);
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
