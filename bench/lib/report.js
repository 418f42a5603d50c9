// @ts-check
import { times } from './format.js';
import { machineLine } from './machine.js';

/** @param {ReturnType<typeof import('./summary.js').summarize>} summary A Markdown table, so that it can be pasted into a page. */
export function printReport({ machine, rows, csvBytes, zipBytes, runs, table, othersShare, goals, faster }) {
  const heads = [
    'contender',
    'input',
    'seconds (min–max)',
    'million rows/s',
    '× inflate',
    'CPU s',
    'peak RSS MB',
  ];
  const body = table.map(({ label, input, version, figures }) => {
    const name = version === null ? label : `${label} ${version}`;
    if (figures === null) return [name, input, 'not installed', '', '', '', ''];
    const { median: middle, min, max, rowsPerSecond, timesInflate, cpuSeconds, peakRssBytes } = figures;
    return [
      ...[name, input, `${middle.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`],
      ...[(rowsPerSecond / 1e6).toFixed(2), timesInflate === null ? '' : timesInflate.toFixed(2)],
      ...[cpuSeconds.toFixed(2), (peakRssBytes / 1e6).toFixed(0)],
    ];
  });
  const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
  return [
    '',
    machineLine(machine),
    `one month of ${rows.toLocaleString('en-US')} ticks: ${megabytes(csvBytes)} of CSV, ${megabytes(zipBytes)} of ZIP; median of ${runs} rounds`,
    ...(othersShare !== null && othersShare > 0.03 ? [disturbed(othersShare)] : []),
    '',
    ...markdownTable(heads, body),
    '',
    'Goals, set for 10,000,000 ticks on two cores:',
    ...goals.map(
      ({ goal, found, met }) =>
        `  ${met === null ? 'not measured' : met ? 'pass' : 'FAIL'}  ${goal}${found === null ? '' : `: ${found}`}`,
    ),
    ...faster.map(
      ({ label, ratio }) =>
        `${label} beats tapemill: it takes ${times(/** @type {number} */ (ratio))} the time.`,
    ),
    '',
  ].join('\n');
}

/** @param {number} share */
function disturbed(share) {
  const percent = (share * 100).toFixed(0);
  return `Other processes took ${percent} % of the machine meanwhile: CPU seconds tell more than seconds here.`;
}

/** @param {string[]} heads @param {string[][]} rows */
function markdownTable(heads, rows) {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i].length)));
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(heads), rule, ...rows.map(line)];
}
