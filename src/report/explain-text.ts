import { type Explanation, type ObjectRows, numberText } from '../audit/index.js';
import type { SourceFacts } from '../layer/index.js';
import type { SourceObjectFacts } from '../sources/index.js';
import { countText, minuteText } from './numbers.js';
import { textTable } from './table.js';

/** One number followed from the bar to the rows, for a terminal. */
export function explainText(explanation: Explanation): string[] {
  const { market, symbol, startMs, endMs, minutes, anomalies } = explanation;
  const own = minutes.find(({ minute }) => minute === startMs);
  const lines = [`${symbol} (${market})  ${minuteText(startMs)} … ${minuteText(endMs).slice(11)} UTC`];
  if (explanation.fields !== null)
    lines.push(`Verdict: ${own?.verdict ?? 'no ticks'}${own?.off ? `. ${own.off.explanation}` : ''}`);
  lines.push('', ...sourceLines(explanation));
  if (anomalies.length > 0) lines.push('', 'Anomalies', ...anomalies.map((text) => `  ${text}`));
  if (explanation.fields !== null) lines.push('', ...fieldLines(explanation));
  if (explanation.columns !== null) lines.push('', ...columnLines(explanation));
  lines.push('', ...minuteLines(explanation), '', ...formulaLines(explanation));
  for (const rows of explanation.rows ?? []) lines.push('', ...rowLines(rows));
  return lines;
}

function sourceLines({ tickObjects, klineObjects }: Explanation): string[] {
  const of = ({ key, sha256, checksum, bytes }: SourceFacts | SourceObjectFacts): string[] => [
    `  ${key}`,
    `    ${countText(bytes)} bytes, sha256 ${sha256}, checksum ${checksum}`,
  ];
  return [
    'Sources',
    ...tickObjects.flatMap((source) => {
      const { rows, accepted, duplicate, sentinel, outside, malformed } = source.account;
      const account = { rows, accepted, duplicate, sentinel, outside, malformed };
      return [...of(source), `    ${accountText(account)}`];
    }),
    ...klineObjects.flatMap((source) => {
      const { rows, accepted, duplicate, contradiction, outside, malformed } = source.account;
      const account = { rows, accepted, duplicate, contradiction, outside, malformed };
      return [...of(source), `    ${accountText(account)}`];
    }),
    ...(klineObjects.length === 0 ? ['  no kline object is at hand; --archive names where to find one'] : []),
  ];
}

/** Rows and accepted always, the others when there are some. */
function accountText(account: Readonly<Record<string, number>>): string {
  return Object.entries(account)
    .filter(([name, count]) => count > 0 || name === 'rows' || name === 'accepted')
    .map(([name, count]) => `${countText(count)} ${name}`)
    .join(', ');
}

function fieldLines({ fields }: Explanation): string[] {
  const rows = (fields ?? []).map(({ field, column, layer, kline, delta }) => [
    field,
    column,
    layer === null ? 'none' : numberText(layer),
    kline === null ? 'none' : numberText(kline),
    delta === null ? 'none' : delta === 0 ? '=' : `${delta > 0 ? '+' : ''}${numberText(delta)}`,
  ]);
  return [
    'Beside the 1m kline',
    ...indent(textTable(['field', 'column', 'layer', 'kline', 'kline - layer'], rows, [2, 3, 4])),
  ];
}

function columnLines({ columns }: Explanation): string[] {
  const rows = (columns ?? []).map(({ name, unit, value }) => [name, shownValue(name, value), unit]);
  return ['Minute bar', ...indent(textTable(['column', 'value', 'unit'], rows, [1]))];
}

function shownValue(name: string, value: number): string {
  if (name === 'minute') return minuteText(value);
  if (name.endsWith('_ts')) return new Date(value / 1000).toISOString().slice(11, 23);
  return name.endsWith('_id') ? String(value) : numberText(value);
}

function minuteLines({ minutes, startMs, fields }: Explanation): string[] {
  const isBar = fields === null;
  const shown = isBar
    ? minutes.filter(({ off, verdict }) => off !== null || verdict === 'no kline')
    : minutes;
  const exact = minutes.filter(({ verdict }) => verdict === 'exact').length;
  const rows = shown.map(({ minute, verdict, off, ticks, baseVolume }) => [
    `${minute === startMs && !isBar ? '> ' : ''}${minuteText(minute).slice(11)}`,
    countText(ticks),
    numberText(baseVolume),
    verdict,
    off?.explanation ?? '',
  ]);
  const title = isBar
    ? `Minutes: ${exact} of ${minutes.length} equal their klines${rows.length === 0 ? '' : '; the others'}`
    : 'Neighbours';
  return [
    title,
    ...(rows.length === 0 ? [] : indent(textTable(['minute', 'ticks', 'base', 'verdict', ''], rows, [1, 2]))),
  ];
}

function formulaLines({ bar }: Explanation): string[] {
  if (bar.formulas.length === 0) return [`No ${bar.frequency.label} bar at ${minuteText(bar.startMs)}`];
  return [
    `Factors of the ${bar.frequency.label} bar from ${minuteText(bar.startMs)}`,
    ...bar.formulas.flatMap(({ name, unit, formula, filled, value }) => [
      `  ${name} = ${value === null ? 'empty' : unit === 'id' ? value : numberText(value)}${unit === '1' ? '' : ` ${unit}`}`,
      `    ${formula}`,
      `    ${filled}`,
    ]),
  ];
}

function rowLines({ key, header, lines, missingTradeIds, more }: ObjectRows): string[] {
  return [
    `Rows of ${key}`,
    ...(header === null ? [] : [`  line 1: ${header}`]),
    ...lines.map(({ line, text }) => `  ${line}: ${text}`),
    ...(more > 0 ? [`  and ${countText(more)} more`] : []),
    ...(missingTradeIds.length === 0
      ? ['  no trade id is missing between these rows']
      : missingTradeIds.map(
          ([from, to]) => `  trade id ${from === to ? from : `${from} … ${to}`} is in no row`,
        )),
  ];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
