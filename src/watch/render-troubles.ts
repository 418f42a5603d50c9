import { type Cell, layOut } from './columns.js';
import { countText, durationText, plural } from './format.js';
import { INDENT, type SectionContext, andMore, heading } from './render-sections.js';
import type { HoleSpan, StatusSnapshot } from './snapshot.js';
import type { Style } from './style.js';
import { displayWidth, fit, plain, wrap } from './text.js';

export function failuresSection({ failures }: StatusSnapshot, context: SectionContext): string[] {
  if (failures.length === 0) return [];
  const { width, style, names, limits } = context;
  const codes = [...new Set(failures.map(({ code }) => code))].map(
    (code) => `${failures.filter((failure) => failure.code === code).length} ${code}`,
  );
  const shown = failures.slice(0, limits.failures);
  const heads = layOut(
    [{ min: 10 }, {}, { drop: 1 }],
    shown.map(({ group, period, code, attempts, losses }): Cell[] => [
      { text: names.task(group, period) },
      { text: code, tone: 'bad' },
      {
        text:
          losses > 0 && attempts === 0
            ? `after ${plural(losses, 'lost worker')}`
            : `after ${plural(attempts, 'attempt')}`,
        tone: 'dim',
      },
    ]),
    width,
    style,
    INDENT,
  );
  return [
    heading(
      'Failed',
      (codes.length > 1 ? `${countText(failures.length)}: ` : '') + codes.join(', '),
      context,
    ),
    ...shown.flatMap(({ reason }, i) => [heads[i]!, ...reasonLines(reason, context)]),
    ...andMore(failures.length - limits.failures, context),
  ];
}

function reasonLines(reason: string, { width, style, limits }: SectionContext): string[] {
  const room = width - INDENT - 2;
  const lines = wrap(limits.reasonLines === Infinity ? plain(reason) : shortened(plain(reason)), room);
  const shown = lines.slice(0, limits.reasonLines);
  if (lines.length > shown.length) {
    const last = shown.at(-1)!;
    shown[shown.length - 1] = fit(`${last} ${lines[shown.length]!}`, room, style.more);
  }
  return shown.map((line) => ' '.repeat(INDENT + 2) + style.paint(line, 'dim'));
}

/** Addresses and hashes without their middles: `--all` shows them whole. */
function shortened(reason: string): string {
  return reason
    .replace(/https?:\/\/([^/\s]+)\/\S+\/([^/\s]+)/g, '$1/…/$2')
    .replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…');
}

export function retriesSection({ retries, nowMs }: StatusSnapshot, context: SectionContext): string[] {
  if (retries.length === 0) return [];
  const { width, style, names, limits } = context;
  const rows = retries
    .slice(0, limits.retries)
    .map(({ group, period, atMs, attempts, code, reason }): Cell[] => [
      { text: names.task(group, period) },
      {
        text: atMs > nowMs ? `in ${durationText((atMs - nowMs) / 1000)}` : 'when a worker is free',
        tone: 'warn',
      },
      { text: `attempt ${attempts + 1}`, tone: 'dim' },
      { text: code },
      { text: shortened(plain(reason)), tone: 'dim' },
    ]);
  return [
    heading('To be tried again', countText(retries.length), context),
    ...layOut([{ min: 10 }, {}, { drop: 2 }, { drop: 1 }, { min: 12, drop: 3 }], rows, width, style, INDENT),
    ...andMore(retries.length - limits.retries, context),
  ];
}

export function holesSection({ holes }: StatusSnapshot, context: SectionContext): string[] {
  if (holes.length === 0) return [];
  const { width, style, names, limits } = context;
  const count = (unit: HoleSpan['unit']): number =>
    holes.reduce(
      (sum, { spans }) => sum + spans.reduce((n, span) => n + (span.unit === unit ? span.count : 0), 0),
      0,
    );
  const said = [
    count('month') > 0 ? plural(count('month'), 'month') : '',
    count('day') > 0 ? plural(count('day'), 'day') : '',
  ]
    .filter((text) => text !== '')
    .join(', ');
  const shown = holes.slice(0, limits.holes);
  const nameCells = Math.min(
    Math.floor(width / 2),
    Math.max(...shown.map(({ group }) => displayWidth(names.group(group)))),
  );
  const rows = shown.flatMap(({ group, spans }): Cell[][] =>
    wrapSpans(spans, width - INDENT - nameCells - 2, style).map((line, i) => [
      { text: i === 0 ? names.group(group) : '' },
      { text: line },
    ]),
  );
  return [
    heading('Holes', `${said} that the archive does not have`, context),
    ...layOut([{ min: nameCells }, { min: 8 }], rows, width, style, INDENT),
    ...andMore(holes.length - limits.holes, context),
  ];
}

function wrapSpans(spans: readonly HoleSpan[], room: number, style: Style): string[] {
  const lines: string[] = [];
  for (const { from, to, count, unit } of spans) {
    const text = count === 1 ? from : `${from}${style.to}${to} (${plural(count, unit)})`;
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(`${last}, ${text}`) <= room)
      lines[lines.length - 1] = `${last}, ${text}`;
    else lines.push(text);
  }
  return lines;
}
