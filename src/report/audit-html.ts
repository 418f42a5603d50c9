import {
  type AuditReport,
  CLASS_MEANING,
  OFF_CLASSES,
  type OffClass,
  type SymbolAudit,
  type TableRow,
  blemishes,
  exactShare,
  explainedShare,
  offCount,
} from '../audit/index.js';
import { type Period, daysBetween, monthsBetween, parsePeriod } from '../time/index.js';
import { verdict } from './audit-text.js';
import { countText, errorText, minuteText, shareText, spanText } from './numbers.js';
import { escapeXml, htmlTable, page } from './page.js';
import { type DayCell, barChart, calendar, dayLine } from './svg.js';

const CLASS_COLOUR: Readonly<Record<OffClass, string>> = {
  'edge-pair': '--c1',
  'missing-fills': '--c2',
  'count-only': '--c3',
  'kline-wrong': '--c4',
  'zero-quantity': '--c5',
  'known-defect': '--c6',
  unexplained: '--c7',
};

/** More minutes of a symbol than this are in the ledger, not on the page. */
const MINUTES_LISTED = 200;
const OBJECTS_LISTED = 20;

/** The audit as a page of its own. @param madeAt a line under the title, for instance the time */
export function auditHtml(report: AuditReport, title: string, madeAt: string): string {
  const { totals, symbols, failures, exitStatus } = report;
  const tone = exitStatus === 0 ? 'good' : exitStatus === 3 ? 'warn' : 'bad';
  const cards = [
    [shareText(exactShare(totals)), 'of the minutes are exact'],
    [countText(totals.compared), 'minutes compared'],
    [countText(offCount(totals)), 'differ'],
    [shareText(offCount(totals) === 0 ? 1 : explainedShare(totals)), 'of these are explained'],
    [countText(totals.withoutKline), 'without a kline'],
    [errorText(totals.worstHour?.error), 'largest error of an hour'],
    [errorText(totals.worstDay?.error), 'largest error of a day'],
  ].map(
    ([value, name]) => `<div class="card"><b>${escapeXml(value!)}</b><span>${escapeXml(name!)}</span></div>`,
  );
  const lost = failures.map(
    ({ symbol, error }) => `<li class="bad">${escapeXml(`${symbol}: ${error.code}: ${error.message}`)}</li>`,
  );
  return page(
    title,
    `<h1>${escapeXml(title)}</h1>
<p class="${tone}">${escapeXml(verdict(report))}</p><p>${escapeXml(madeAt)}</p>
${lost.length === 0 ? '' : `<ul>${lost.join('')}</ul>`}
<div class="cards">${cards.join('')}</div>
<h2>Classes of differences</h2>
${classSection(report)}
<h2>Symbols</h2>
${symbolTable(symbols)}
<h2>Worst objects</h2>
${objectSection(symbols)}
${symbols.map(symbolSection).join('\n')}`,
  );
}

function classSection({ totals }: AuditReport): string {
  if (offCount(totals) === 0) return '<p class="good">No minute differs from its kline.</p>';
  const bars = OFF_CLASSES.map((name) => ({
    name,
    value: totals.off[name],
    shown: countText(totals.off[name]),
    colour: CLASS_COLOUR[name],
  }));
  const meanings = OFF_CLASSES.map((name) => [name, countText(totals.off[name]), CLASS_MEANING[name]]);
  return `<div class="figure">${barChart(bars, 'differing minutes by class')}</div>
${htmlTable([{ heading: 'class' }, { heading: 'minutes', kind: 'number' }, { heading: 'meaning', kind: 'text' }], meanings)}`;
}

function symbolTable(symbols: readonly SymbolAudit[]): string {
  const number = 'number' as const;
  return htmlTable(
    [
      { heading: 'symbol' },
      { heading: 'minutes', kind: number },
      { heading: 'exact', kind: number },
      { heading: 'off', kind: number },
      { heading: 'unexplained', kind: number },
      { heading: 'no kline', kind: number },
      { heading: 'worst hour', kind: number },
      { heading: 'worst day', kind: number },
    ],
    symbols.map(({ symbol, totals }) => [
      symbol,
      countText(totals.compared),
      shareText(exactShare(totals)),
      countText(offCount(totals)),
      countText(totals.off.unexplained),
      countText(totals.withoutKline),
      errorText(totals.worstHour?.error),
      errorText(totals.worstDay?.error),
    ]),
  );
}

function objectSection(symbols: readonly SymbolAudit[]): string {
  const objects = symbols.flatMap((symbol) => symbol.objects);
  const worst = objects
    .filter((row) => blemishes(row) > 0 || row['known_defect'] !== null)
    .sort((a, b) => blemishes(b) - blemishes(a) || (String(a['key']) < String(b['key']) ? -1 : 1));
  if (worst.length === 0)
    return `<p class="good">All rows of ${countText(objects.length)} objects were good ones.</p>`;
  const rows = worst
    .slice(0, OBJECTS_LISTED)
    .map((row) => [String(row['key']), blemishText(row), String(row['known_defect'] ?? '')]);
  const more =
    worst.length > OBJECTS_LISTED
      ? `<p>and ${countText(worst.length - OBJECTS_LISTED)} more in quality/objects.parquet</p>`
      : '';
  return `${htmlTable([{ heading: 'object', kind: 'key' }, { heading: 'what' }, { heading: 'known', kind: 'text' }], rows)}${more}`;
}

const BLEMISHES = [
  ['duplicate', 'duplicate'],
  ['outside', 'outside'],
  ['malformed', 'malformed'],
  ['sentinel', 'sentinel'],
  ['zero_quantity', 'of quantity 0'],
  ['conflicting_ids', 'conflicting ids'],
  ['missing_agg_ids', 'missing ids'],
  ['contradiction', 'contradicting'],
  ['missing_rows', 'missing rows'],
] as const;

function blemishText(row: TableRow): string {
  const counted = BLEMISHES.filter(([name]) => Number(row[name] ?? 0) > 0).map(
    ([name, said]) => `${countText(Number(row[name]))} ${said}`,
  );
  return [...counted, ...(row['checksum'] === 'missing' ? ['no checksum'] : [])].join(', ');
}

function symbolSection(audit: SymbolAudit): string {
  const { symbol, days, totals, off, gaps, cadences, klinesMissing } = audit;
  const months = monthsOf(audit);
  const shown = off.slice(0, MINUTES_LISTED);
  const worst = days.map(({ totals: day }) => (day.compared === 0 ? null : (day.worstHour?.error ?? 0)));
  const notes = [
    ...gaps.map(({ kind, fromMs, toMs, text }) => `${kind}, ${spanText(fromMs, toMs)}: ${text}`),
    ...klinesMissing.map(({ period, detail, reason }) => `no klines of ${period}: ${detail ?? reason}`),
    ...cadences
      .filter(({ differing }) => differing > 0)
      .map(
        ({ series, month, differing, compared }) =>
          `${series} ${month}: monthly and daily objects differ in ${countText(differing)} of ${countText(compared)} rows`,
      ),
  ];
  return `<section><h2>${escapeXml(symbol)}</h2>
<p>${shareText(exactShare(totals))} of ${countText(totals.compared)} minutes exact, ${countText(offCount(totals))} differ.</p>
${coverage(audit, months)}
${totals.worstHour === null ? '' : `<h3>Largest error of an hour, by day</h3><div class="figure">${dayLine(worst, days[0]!.day, days.at(-1)!.day, `up to ${errorText(totals.worstHour.error)} (${totals.worstHour.field}, ${minuteText(totals.worstHour.at)})`, 'largest relative error of an hour by day')}</div>`}
${notes.length === 0 ? '' : `<h3>Gaps and disagreements</h3><ul>${notes.map((note) => `<li>${escapeXml(note)}</li>`).join('')}</ul>`}
${
  off.length === 0
    ? ''
    : `<details><summary>${countText(off.length)} differing minutes${off.length > shown.length ? `, the first ${shown.length}` : ''}</summary>${htmlTable(
        [{ heading: 'minute' }, { heading: 'class' }, { heading: 'explanation', kind: 'text' }],
        shown.map((minute) => [minuteText(minute.minute), minute.class, minute.explanation]),
      )}</details>`
}</section>`;
}

function monthsOf({ objects }: SymbolAudit): Period[] {
  const periods = objects.map((row) => parsePeriod(String(row['period'])));
  if (periods.length === 0) return [];
  const startMs = periods.reduce((least, period) => Math.min(least, period.startMs), Infinity);
  const endMs = periods.reduce((most, period) => Math.max(most, period.endMs), 0);
  return monthsBetween(startMs, endMs);
}

/** A calendar for the audit, and one for each data type there is an object of. */
function coverage({ days, objects }: SymbolAudit, months: readonly Period[]): string {
  const audited = new Map<string, DayCell>();
  for (const { day, totals } of days) {
    const off = offCount(totals);
    const isBad = totals.off.unexplained > 0;
    const colour =
      totals.compared === 0
        ? '--c3'
        : isBad
          ? '--bad'
          : off > 0 || totals.withoutKline > 0
            ? '--warn'
            : '--good';
    const title =
      totals.compared === 0
        ? 'ticks, and no klines'
        : `${shareText(exactShare(totals))} exact, ${countText(off)} differ`;
    audited.set(day, { colour, title });
  }
  const types = new Map<string, Map<string, DayCell>>();
  for (const row of objects) {
    const name = [row['data_type'], row['interval']].filter((part) => part !== null).join(' ');
    const cells = types.get(name) ?? new Map<string, DayCell>();
    types.set(name, cells);
    const { startMs, endMs } = parsePeriod(String(row['period']));
    const bad = blemishes(row);
    for (const { key } of daysBetween(startMs, endMs)) {
      cells.set(key, {
        colour: bad > 0 ? '--warn' : '--c1',
        title:
          bad > 0
            ? blemishText(row)
            : `${countText(Number(row['accepted']))} rows in ${String(row['period'])}`,
      });
    }
  }
  const figure = (name: string, cells: ReadonlyMap<string, DayCell>): string =>
    `<h3>${escapeXml(name)}</h3><div class="figure">${calendar(months, cells, `days of ${name}`)}</div>`;
  return `${figure('Audit', audited)}<p class="note">green: all minutes exact · amber: differences, all of them explained · red: unexplained · grey: no klines. Below: blue: an object covers the day · amber: it has blemishes.</p>
${[...types].map(([name, cells]) => figure(name, cells)).join('\n')}`;
}
