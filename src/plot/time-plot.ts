import type { Series, SeriesColumn, SeriesSpan } from '../series/index.js';
import type { Panel } from './chart.js';
import type { PanelChoice } from './choose.js';
import { type PanelContent, type PanelKind, PANEL_KINDS, columnPanel } from './panel-kinds.js';

/** A panel with what it was made of. */
export interface TimePanel {
  readonly kind: PanelKind;
  readonly panel: Panel;
  readonly content: PanelContent;
}

export interface TimePanels {
  readonly panels: readonly TimePanel[];
  /** What is not in the picture, or is empty in it, and why. */
  readonly absent: readonly { readonly name: string; readonly why: string }[];
}

export function kindOf(choice: PanelChoice, columns: readonly SeriesColumn[]): PanelKind {
  if (choice.kind === 'panel') return PANEL_KINDS[choice.name];
  const described = columns.find(({ name }) => name === choice.name);
  return columnPanel(choice.name, described?.unit ?? '');
}

/** All columns that the panels need, each once. */
export function columnsOfPanels(choices: readonly PanelChoice[], columns: readonly SeriesColumn[]): string[] {
  return [...new Set(choices.flatMap((choice) => kindOf(choice, columns).columns))];
}

/** Panels of a series. One of which nothing is there is left out, or has a note when it was asked for by its name. */
export function timePanels(
  series: Series,
  span: SeriesSpan,
  choices: readonly PanelChoice[],
  described: readonly SeriesColumn[],
): TimePanels {
  const panels: TimePanel[] = [];
  const absent: { name: string; why: string }[] = [];
  const bars = cutToSpan(series, span);
  for (const choice of choices) {
    const kind = kindOf(choice, described);
    const there = kind.columns.filter((name) => series.missing[name] === undefined && name in bars.columns);
    const lost = kind.columns.filter((name) => !there.includes(name));
    const why = series.missing[lost[0] ?? ''] ?? 'nothing is there';
    const columns = Object.fromEntries(there.map((name) => [name, bars.columns[name]!]));
    const isEmpty = there.length === 0;
    if (isEmpty) absent.push({ name: choice.name, why });
    else for (const name of lost) absent.push({ name, why: series.missing[name] ?? 'nothing is there' });
    if (isEmpty && !choice.isNamed) continue;
    const content = kind.content({ minute: bars.minute, spanMs: series.frequency.lengthMs, columns });
    const { title, hint, style, weight, anchored } = kind;
    const { marks, legend } = content;
    const panel: Panel = {
      title,
      hint,
      legend,
      marks,
      style,
      weight,
      anchored,
      ...(isEmpty && { note: why }),
    };
    panels.push({ kind, panel, content });
  }
  return { panels, absent };
}

/** Bars that start in the span; a bar that only reaches into it would be drawn outside of the frame. */
function cutToSpan(
  { minute, columns }: Series,
  { startMs, endMs }: SeriesSpan,
): Pick<Series, 'minute' | 'columns'> {
  const from = minute.findIndex((t) => t >= startMs);
  if (from < 0) return { minute: minute.subarray(0, 0), columns: mapColumns(columns, 0, 0) };
  const to = minute.findLastIndex((t) => t < endMs) + 1;
  return { minute: minute.subarray(from, to), columns: mapColumns(columns, from, to) };
}

function mapColumns(columns: Series['columns'], from: number, to: number): Record<string, Float64Array> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, values.subarray(from, to)]),
  );
}
