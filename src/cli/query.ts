import { once } from 'node:events';
import { Command, Option } from 'commander';
import { EXIT } from '../errors.js';
import type { Cell, QueryResult } from '../query/index.js';
import { dataDirOption } from './options.js';
import { formatTable } from './table.js';

const EXAMPLES = `Examples:
  tapemill query "SELECT minute, price_close, cvd_quote FROM bars_1h WHERE symbol = 'RLCUSDT' LIMIT 5"
  tapemill query "SELECT symbol, count(*) AS minutes, min(minute), max(minute) FROM minutes GROUP BY ALL"
  tapemill query "SELECT * FROM liquidations_15m WHERE liquidation_covered = 1 LIMIT 5"
  tapemill query "SELECT symbol, datetime, funding_rate, at_cvd_quote FROM dataset_1h WHERE is_stable = 1 LIMIT 5"
  tapemill query "DESCRIBE minutes"
  tapemill query "SELECT * FROM bars_4h" --format csv > bars.csv

Views: minutes (the layer), bars_1h and bars_4h, bars_15m … (what \`tapemill factors\` has derived), liquidations_1h …
(\`tapemill liquidations\`), dataset_1h … (the wide table), metrics, funding, klines_1h … (what has been collected), imported_liquidations … (\`tapemill
import\`); each with symbol and, but for imports, market. The SQL is DuckDB's.

`;

const FORMATS = ['table', 'csv', 'json'] as const;
type Format = (typeof FORMATS)[number];

/** A table is for reading: more rows than this are counted, not printed. */
const TABLE_ROWS = 200;

interface QueryOptions {
  readonly dataDir: string;
  readonly format: Format;
  readonly json?: true;
}

export function queryCommand(): Command {
  return new Command('query')
    .description('run SQL over the minute layer and the factors')
    .argument('<sql>', 'one SQL statement')
    .addOption(dataDirOption())
    .addOption(
      new Option(
        '--format <format>',
        `how to print: a table of at most ${TABLE_ROWS} rows, CSV or JSON, a row a line`,
      )
        .choices(FORMATS)
        .default('table'),
    )
    .option('--json', 'the same as --format json')
    .addHelpText('before', EXAMPLES)
    .action(async (sql: string, options: QueryOptions) => {
      // Rows are all there is to do here: without a reader there is nothing left.
      process.stdout.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EPIPE') process.exit(EXIT.done);
      });
      // Loading the database takes longer than most commands run.
      const { queryLayer } = await import('../query/index.js');
      const result = await queryLayer(options.dataDir, sql);
      const format = options.json ? 'json' : options.format;
      if (format === 'table') await printTable(result);
      else await printLines(result, format);
    });
}

async function printTable(result: QueryResult): Promise<void> {
  const rows: string[][] = [];
  let count = 0;
  for await (const batch of result.batches) {
    count += batch.length;
    for (const row of batch.slice(0, TABLE_ROWS - rows.length)) rows.push(row.map(shown));
  }
  for (const line of formatTable(result.columns, rows)) console.log(line);
  const more = count - rows.length;
  console.log(
    more > 0
      ? `(${count} rows; ${more} not shown, --format csv prints all)`
      : `(${count} ${count === 1 ? 'row' : 'rows'})`,
  );
}

/** People read six significant decimals; files get them all. */
function shown(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'number' && !Number.isInteger(cell)
    ? String(Number(cell.toPrecision(8)))
    : String(cell);
}

async function printLines(result: QueryResult, format: 'csv' | 'json'): Promise<void> {
  const { columns } = result;
  if (format === 'csv') await write(`${columns.map(csvCell).join(',')}\n`);
  for await (const batch of result.batches) {
    if (batch.length === 0) continue;
    const lines = batch.map((row) =>
      format === 'csv'
        ? row.map(csvCell).join(',')
        : JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, row[i]]))),
    );
    await write(`${lines.join('\n')}\n`);
  }
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
