import { type Cell, layOut } from './columns.js';
import { bytesText, clockText, countText, plural, roughCount } from './format.js';
import { type Names, isOfTicks } from './names.js';
import { WORKER_COLUMNS, workerRow } from './render-workers.js';
import { workerCounts } from './render-parts.js';
import type { StatusSnapshot, SymbolState, SymbolStatus } from './snapshot.js';
import type { Style, Tone } from './style.js';
import { displayWidth, fit } from './text.js';

/** How many entries of a kind are shown; the rest is counted. */
export interface Limits {
  readonly workers: number;
  readonly symbols: number;
  readonly failures: number;
  readonly retries: number;
  readonly holes: number;
  readonly outputs: number;
  /** Of the reason of a failure. */
  readonly reasonLines: number;
}

export interface SectionContext {
  readonly width: number;
  readonly style: Style;
  readonly names: Names;
  readonly limits: Limits;
}

/** Of what is below a heading. */
export const INDENT = 1;

export function workersSection({ workers, nowMs }: StatusSnapshot, context: SectionContext): string[] {
  if (workers.length === 0) return [];
  const { width, style, names, limits } = context;
  const rank = { working: 0, lost: 1, idle: 2, stopped: 3 };
  const order = [...workers].sort((a, b) => rank[a.state] - rank[b.state]);
  const rows = order.slice(0, limits.workers).map((worker) => workerRow(worker, nowMs, names, style));
  return [
    heading('Workers', workerCounts(workers), context),
    ...layOut(WORKER_COLUMNS, rows, width, style, INDENT),
    ...andMore(order.length - limits.workers, context),
  ];
}

const SYMBOL_TONES: Readonly<Record<SymbolState, Tone>> = {
  waiting: 'dim',
  working: 'accent',
  done: 'good',
  partial: 'warn',
  failed: 'bad',
};

/** Those under way and those with troubles; with all, also the others. */
export function symbolsSection({ symbols }: StatusSnapshot, context: SectionContext): string[] {
  const { width, style, names, limits } = context;
  const states: readonly SymbolState[] = ['working', 'failed', 'partial', 'waiting', 'done'];
  const counts = states
    .map((state) => ({ state, count: symbols.filter((symbol) => symbol.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${countText(count)} ${state === 'working' ? 'under way' : state}`);
  const isShown = ({ state }: SymbolStatus): boolean =>
    limits.symbols === Infinity || state === 'working' || state === 'failed' || state === 'partial';
  const order = symbols
    .filter(isShown)
    .sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state) || b.months.running - a.months.running);
  if (symbols.length === 0) return [];
  const rows = order.slice(0, limits.symbols).map((symbol): Cell[] => {
    const { months, bytes, state } = symbol;
    const [done, total] = [months.done + months.reused, months.total + months.reused];
    const share =
      total === 0 ? 0 : bytes.total > 0 && state === 'working' ? symbolShare(symbol) : done / total;
    const troubles = [
      ...(months.running > 0 ? [`${months.running} under way`] : []),
      ...(months.failed > 0 ? [`${months.failed} failed`] : []),
      ...(months.holes > 0 ? [plural(months.holes, 'hole')] : []),
    ];
    return [
      { text: names.group(symbol.group) },
      { text: state, tone: SYMBOL_TONES[state] },
      { text: ' '.repeat(10), painted: style.bar(share, 10, SYMBOL_TONES[state]) },
      { text: `${done}/${total}` },
      { text: bytes.total > 0 ? `${bytesText(bytes.done)} of ${bytesText(bytes.total)}` : '', tone: 'dim' },
      { text: troubles.join(', '), tone: months.failed > 0 ? 'bad' : 'plain' },
    ];
  });
  const columns = [
    { min: 8 },
    { drop: 2 },
    { drop: 4 },
    { align: 'right' },
    { align: 'right', drop: 3 },
    { drop: 1 },
  ] as const;
  return [
    heading('Symbols', counts.join(', '), context),
    ...layOut(columns, rows, width, style, INDENT),
    ...andMore(order.length - limits.symbols, context),
  ];
}

function symbolShare({ bytes }: SymbolStatus): number {
  const total = bytes.total + bytes.reused;
  return total === 0 ? 0 : (total - bytes.remaining) / total;
}

function linesOf(group: string, type: string): string {
  if (!isOfTicks(group)) return 'rows';
  return type === 'month-written' ? 'minutes' : 'bars';
}

export function outputsSection({ outputs }: StatusSnapshot, context: SectionContext): string[] {
  const { width, style, names, limits } = context;
  const shown = outputs.slice(0, limits.outputs);
  if (shown.length === 0) return [];
  const rows = shown.map(({ atMs, type, group, month, lines, rows: ticks, dataStatus }): Cell[] => [
    { text: clockText(atMs), tone: 'dim' },
    { text: names.task(group, type === 'month-written' ? month : 'bars') },
    { text: `${countText(lines)} ${linesOf(group, type)}` },
    {
      text: ticks === null || !isOfTicks(group) ? (dataStatus ?? '') : `${roughCount(ticks)} rows`,
      tone: dataStatus === 'partial' ? 'warn' : 'dim',
    },
  ]);
  return [
    heading('Newest', '', context),
    ...layOut(
      [{ drop: 2 }, { min: 12 }, { align: 'right', drop: 1 }, { align: 'right', drop: 3 }],
      rows,
      width,
      style,
      INDENT,
    ),
  ];
}

/** A title, and what there is of it as far as the line goes. */
export function heading(title: string, summary: string, { width, style }: SectionContext): string {
  const room = width - displayWidth(title) - 2;
  const said = room >= 8 ? fit(summary, room, style.more) : '';
  return style.paint(title, 'strong') + (said === '' ? '' : `  ${style.paint(said, 'dim')}`);
}

export function andMore(count: number, { width, style }: SectionContext): string[] {
  if (count <= 0) return [];
  return [
    ' '.repeat(INDENT) +
      style.paint(fit(`and ${countText(count)} more (--all shows them)`, width - INDENT, style.more), 'dim'),
  ];
}
