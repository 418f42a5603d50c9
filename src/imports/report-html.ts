import { monthsBetween } from '../time/index.js';
import type { JobResult } from './jobs.js';
import type { SymbolImport } from './import.js';
import { cleaningRows, formatSpan, gapLines } from './report.js';
import { coverageCalendar, dailyBars } from './report-svg.js';

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #667085; --line: #d0d7e2; --paper: #fff;
  --few: #dbe9f6; --many: #084a91; --none: #f2f4f7; --hole: #d92d20; --long: #d1495b; --short: #2a9d8f; --rows: #3b6fb6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #3a4352; --paper: #14181f;
  --few: #17324f; --many: #7cc0ff; --none: #222834; --hole: #f97066; --long: #ef7a8a; --short: #56c7b8; --rows: #6fa3e8; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; border-top: 1px solid var(--line); padding-top: 1.2rem; }
table { border-collapse: collapse; } td, th { padding: .15rem .8rem .15rem 0; text-align: left; }
td.n { text-align: right; font-variant-numeric: tabular-nums; } p, li, .note { color: var(--soft); }
svg { display: block; width: 100%; height: auto; margin: .8rem 0; } svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
.bad { color: var(--hole); }`;

/** A page of its own, without scripts or anything from elsewhere: for each symbol the account, a plot, a calendar. */
export function renderImportReport(title: string, { imports, strays, failures }: JobResult): string {
  const lost = [...failures, ...imports.flatMap((one) => one.failures)];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeXml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeXml(title)}</h1>
${lost.length === 0 ? '' : `<p class="bad">Files that could not be used:</p><ul>${lost.map(({ error }) => `<li>${escapeXml(`${error.code}: ${error.message}`)}</li>`).join('')}</ul>`}
${strays.length === 0 ? '' : `<p>Not named as the format wants it, and not read: ${escapeXml(strays.join(', '))}</p>`}
${imports.map(section).join('\n')}
</body></html>
`;
}

function section(one: SymbolImport): string {
  const { survey } = one;
  const { coverage, gaps, days } = survey;
  const rows = cleaningRows(one)
    .map(
      ({ what, rows: count, note }) =>
        `<tr><td>${what}</td><td class="n">${count.toLocaleString('en-US')}</td><td class="note">${escapeXml(note)}</td></tr>`,
    )
    .join('');
  const [startUs, endUs] = extent(one);
  const months = startUs < endUs ? monthsBetween(startUs / 1000, endUs / 1000) : [];
  const lower = coverage.some((span) => span.lowerBound)
    ? ' The source shows at most one event a symbol and second: sums are lower bounds.'
    : '';
  return `<section><h2>${escapeXml(`${one.kind} · ${one.symbol}`)} <small>${one.status}</small></h2>
<table>${rows}</table>
<p>Covered: ${escapeXml(coverage.map(formatSpan).join('; ') || 'nothing')}.${lower}</p>
${months.length === 0 ? '' : dailyBars(days, months) + coverageCalendar(days, coverage, months)}
${
  gaps.length === 0
    ? '<p>No gaps.</p>'
    : `<p>Gaps:</p><ul>${gapLines(gaps, 40)
        .map((line) => `<li>${escapeXml(line)}</li>`)
        .join('')}</ul>`
}
</section>`;
}

/** From the first to the last day that is covered or has rows. */
function extent({ survey: { coverage, days } }: SymbolImport): [number, number] {
  const starts = [coverage[0]?.startUs, days[0]?.dayUs].filter((value) => value !== undefined);
  const last = days.at(-1);
  const ends = [coverage.at(-1)?.endUs, last && last.dayUs + 1].filter((value) => value !== undefined);
  return [Math.min(...starts), Math.max(...ends)];
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
