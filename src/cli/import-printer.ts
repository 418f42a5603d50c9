import { type SymbolImport, type TradesDay, cleaningRows, formatSpan, gapLines } from '../imports/index.js';
import { formatCount, formatTable } from './table.js';

const GAPS_SHOWN = 12;
const WIDTH = 80;

export function tellImport(one: SymbolImport): void {
  const { survey, months, files, unchangedFiles } = one;
  const seen = unchangedFiles === 0 ? '' : `, ${formatCount(unchangedFiles)} of them unchanged`;
  console.log(`${one.kind}  ${one.symbol}  ${one.status}  (${formatCount(files)} files${seen})`);
  const rows = cleaningRows(one).map(({ what, rows: count, note }) => [what, formatCount(count), note]);
  for (const line of formatTable(['rows', 'count', 'what was done'], rows)) print(line);
  const { coverage, gaps } = survey;
  const lower = coverage.some((span) => span.lowerBound) ? ' (sums are lower bounds)' : '';
  const shown = gapLines(
    coverage.map((span) => ({ ...span, why: 'no file' })),
    GAPS_SHOWN,
  ).map((line) => line.replace(/ {2}no file$/, ''));
  list('covered', shown.length === 0 ? ['nothing'] : shown, lower);
  list('gaps', gaps.length === 0 ? ['none'] : gapLines(gaps, GAPS_SHOWN));
  if (one.ignoredColumns.length > 0) list('columns not read', [one.ignoredColumns.join(', ')]);
  const bad = one.account.firstMalformed;
  if (bad) {
    const where = `line ${bad.line}${bad.column === null ? '' : `, column ${bad.column}`}`;
    list('first malformed', [`${where}: ${bad.text}`]);
  }
  for (const { month, status, reason } of months)
    print(`${month}  ${status}${reason === null ? '' : ` (${reason})`}`);
  const path = months.at(-1)?.path;
  if (path !== undefined) console.log(`  ${path}`);
}

function list(label: string, lines: readonly string[], after = ''): void {
  lines.forEach((line, index) => {
    print(`${(index === 0 ? label : '').padEnd(9)}  ${line}${index === 0 ? after : ''}`);
  });
}

/** Indented, and no wider than a terminal. */
function print(line: string): void {
  const text = `  ${line}`;
  console.log(text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text);
}

export function tellStrays(strays: readonly string[], json: true | undefined): void {
  if (strays.length === 0) return;
  if (json) console.log(JSON.stringify({ type: 'strays', files: strays }));
  console.error(
    `not read, their names are not of the format: ${strays.slice(0, 5).join(', ')}${strays.length > 5 ? ' …' : ''}`,
  );
}

export function tellTrades(
  symbol: string,
  days: readonly TradesDay[],
  months: readonly { month: string; path: string; status: string }[],
): void {
  console.log(`trades  ${symbol}  into the minute layer`);
  const rows = days.map(({ day, status, account, error, reason }) => [
    day,
    status,
    account ? formatCount(account.accepted) : '',
    account ? formatCount(account.duplicate) : '',
    account ? formatCount(account.malformed) : '',
    account ? formatCount(account.outside) : '',
    status === 'skipped' ? (reason ?? '') : error ? error.code : '',
  ]);
  const headings = ['day', 'status', 'trades', 'duplicate', 'malformed', 'outside', 'why not'];
  for (const line of formatTable(headings, rows)) print(line);
  for (const { error } of days) if (error) console.error(`${error.code}: ${error.message}`);
  for (const { month, path, status } of months) console.log(`  ${month}  ${status}  ${path}`);
}

export const plainDay = ({ error, ...day }: TradesDay): unknown => ({
  ...day,
  error: error?.toJSON() ?? null,
});

export function plainImport({ failures, survey, ...one }: SymbolImport): unknown {
  return {
    type: 'import',
    ...one,
    coverage: survey.coverage.map((span) => ({ ...span, says: formatSpan(span) })),
    gaps: survey.gaps,
    days: survey.days,
    failures: failures.map(({ file, error }) => ({ file, ...error.toJSON() })),
  };
}
