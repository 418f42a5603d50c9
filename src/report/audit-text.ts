import {
  type AuditReport,
  CLASS_MEANING,
  type CadenceCheck,
  OFF_CLASSES,
  type SymbolAudit,
  type Totals,
  exactShare,
  explainedShare,
  offCount,
} from '../audit/index.js';
import { countText, errorText, minuteText, plural, shareText, spanText } from './numbers.js';
import { textTable } from './table.js';

export interface AuditTextOptions {
  /** Every day, differing minute and gap, not only the first. */
  readonly all: boolean;
}

const LISTED = 12;

/** The report for a terminal: totals by symbol and by class, then what there is to tell of each symbol. */
export function auditText(report: AuditReport, { all }: AuditTextOptions): string[] {
  const { symbols, failures, totals } = report;
  const lines: string[] = [];
  if (symbols.length > 0) {
    const rows = symbols.map(({ symbol, totals: own }) => totalsRow(symbol, own));
    if (symbols.length > 1) rows.push(totalsRow('all', totals));
    lines.push(...textTable(HEADINGS, rows, [1, 2, 3, 4, 5, 6, 7]), '');
    lines.push(...classLines(totals), '');
  }
  for (const symbol of symbols) lines.push(...symbolLines(symbol, all));
  for (const { symbol, error } of failures) lines.push(`${symbol}  failed: ${error.code}: ${error.message}`);
  lines.push(verdict(report));
  return lines;
}

const HEADINGS = ['symbol', 'minutes', 'exact', 'share', 'off', 'no kline', 'worst hour', 'worst day'];

function totalsRow(name: string, totals: Totals): string[] {
  return [
    name,
    countText(totals.compared),
    countText(totals.exact),
    shareText(exactShare(totals)),
    countText(offCount(totals)),
    countText(totals.withoutKline),
    errorText(totals.worstHour?.error),
    errorText(totals.worstDay?.error),
  ];
}

function classLines(totals: Totals): string[] {
  const named = OFF_CLASSES.filter((name) => totals.off[name] > 0);
  if (named.length === 0) return ['No minute differs from its kline.'];
  const width = Math.max(...named.map((name) => name.length));
  return [
    ...named.map(
      (name) => `${name.padEnd(width)}  ${countText(totals.off[name]).padStart(8)}  ${CLASS_MEANING[name]}`,
    ),
    `${shareText(explainedShare(totals))} of the ${plural(offCount(totals), 'differing minute')} fall in a named class.`,
  ];
}

function symbolLines(audit: SymbolAudit, all: boolean): string[] {
  const sections = [
    dayLines(audit, all),
    offLines(audit, all),
    gapLines(audit, all),
    audit.cadences.map(cadenceLine),
    checkLines(audit),
    listed(
      audit.klinesMissing.map(({ period, reason, detail }) => `no klines of ${period}: ${detail ?? reason}`),
      all,
    ),
  ].filter((lines) => lines.length > 0);
  if (sections.length === 0) return [];
  return [audit.symbol, ...sections.flat().map((line) => `  ${line}`), ''];
}

/** Days that are not exact; all of them with `all`. */
function dayLines({ days }: SymbolAudit, all: boolean): string[] {
  const shown = days.filter(({ totals }) => all || offCount(totals) > 0 || totals.withoutKline > 0);
  const lines = shown.map(({ day, totals }) => {
    const named = OFF_CLASSES.filter((name) => totals.off[name] > 0).map(
      (name) => `${totals.off[name]} ${name}`,
    );
    const missing = totals.withoutKline > 0 ? [`${countText(totals.withoutKline)} without a kline`] : [];
    const said = [...named, ...missing].join(', ');
    return `${day}  ${shareText(exactShare(totals)).padStart(9)} exact${said === '' ? '' : `  ${said}`}`;
  });
  return listed(lines, all);
}

function offLines({ off }: SymbolAudit, all: boolean): string[] {
  // The ones to look at first: unexplained, then by what they weigh.
  const worst = [...off].sort(
    (a, b) =>
      Number(b.class === 'unexplained') - Number(a.class === 'unexplained') ||
      Math.abs(b.delta[5]!) - Math.abs(a.delta[5]!) ||
      a.minute - b.minute,
  );
  const chosen = all ? off : worst.slice(0, LISTED).sort((a, b) => a.minute - b.minute);
  const lines = chosen.map(
    ({ minute, class: name, explanation }) => `${minuteText(minute)}  ${name}: ${explanation}`,
  );
  const more = off.length - chosen.length;
  return more > 0 ? [...lines, `and ${countText(more)} lighter ones; --all-minutes lists them`] : lines;
}

function gapLines({ gaps, tradeIdGaps }: SymbolAudit, all: boolean): string[] {
  const lines = gaps.map(({ kind, fromMs, toMs, aggIds, fills, text }) => {
    const ids = aggIds > 0 ? ` (${plural(aggIds, 'agg id')}, ${plural(fills, 'trade id')})` : '';
    return `${kind}  ${spanText(fromMs, toMs)}: ${text}${ids}`;
  });
  const { inside, between, minutes, isExpected } = tradeIdGaps;
  const said =
    inside + between === 0
      ? []
      : [
          `${plural(inside + between, 'trade id')} left out in ${plural(minutes, 'minute')} while agg ids go on: ${
            isExpected ? 'expected on futures' : 'not expected on spot'
          }`,
        ];
  return [...listed(lines, all), ...said];
}

function cadenceLine({ series, month, days, compared, differing, takenFromDaily }: CadenceCheck): string {
  return `${series} ${month}: monthly and daily objects (${plural(days, 'day')}) ${
    differing === 0
      ? `agree in all ${countText(compared)} rows`
      : `differ in ${countText(differing)} of ${countText(compared)} rows; ${countText(takenFromDaily)} taken from daily ones`
  }`;
}

function checkLines({ hours, takerRatio }: SymbolAudit): string[] {
  const lines: string[] = [];
  if (hours && hours.compared > 0) {
    lines.push(
      `1h klines equal the sum of their 1m klines in ${countText(hours.equal)} of ${countText(hours.compared)} hours`,
    );
  }
  if (takerRatio && takerRatio.quote.compared > 0) {
    const { quote, base } = takerRatio;
    const [name, best] = base.equal > quote.equal ? ['base', base] : ['quote', quote];
    lines.push(
      `taker ratio of metrics equals that of ${name} volumes in ${countText(best.equal)} of ${countText(best.compared)} windows of 5 minutes`,
    );
  }
  return lines;
}

function listed(lines: readonly string[], all: boolean): string[] {
  if (all || lines.length <= LISTED) return [...lines];
  return [
    ...lines.slice(0, LISTED),
    `and ${countText(lines.length - LISTED)} more; --all-minutes lists them`,
  ];
}

/** The last line: what the exit status says. */
export function verdict({ exitStatus, totals, symbols, failures, seconds }: AuditReport): string {
  const time = `in ${seconds.toFixed(1)} s`;
  const done = plural(symbols.length, 'symbol');
  if (exitStatus === 4 && totals.off.unexplained > 0)
    return `NOT PROVED: ${plural(totals.off.unexplained, 'minute')} of ${done} differ and nothing explains them, ${time}`;
  if (symbols.length === 0) return `nothing was audited: ${plural(failures.length, 'failure')}`;
  if (exitStatus !== 0) return `PARTLY PROVED: klines or symbols are missing; ${done} ${time}`;
  const off = offCount(totals);
  return off === 0
    ? `PROVED: all ${countText(totals.compared)} minutes of ${done} equal their klines, ${time}`
    : `PROVED: ${countText(totals.exact)} of ${countText(totals.compared)} minutes of ${done} equal their klines, the other ${countText(off)} are explained, ${time}`;
}
