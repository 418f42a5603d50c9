import { instantText } from './format.js';
import { Names } from './names.js';
import { countPhrases, flow, notice, overallBar, speedPhrases } from './render-parts.js';
import * as sections from './render-sections.js';
import * as troubles from './render-troubles.js';
import type { StatusSnapshot } from './snapshot.js';
import { Style, type StyleOptions } from './style.js';
import { fit, displayWidth, pad } from './text.js';

export interface RenderOptions extends StyleOptions {
  /** Cells of a line, 40 or more. */
  readonly width: number;
  /** Lines at most; default as many as it takes. Lists get shorter first. */
  readonly height?: number;
  /** Everything, however long. */
  readonly all?: boolean;
  /** What is looked at, for the title. */
  readonly title?: string;
}

const USUAL: sections.Limits = {
  workers: 16,
  symbols: 10,
  failures: 6,
  retries: 5,
  holes: 6,
  outputs: 5,
  reasonLines: 2,
};
const ALL: sections.Limits = {
  workers: Infinity,
  symbols: Infinity,
  failures: Infinity,
  retries: Infinity,
  holes: Infinity,
  outputs: 8,
  reasonLines: Infinity,
};

/** Where a queue stands, for people. No line is wider than `width`. */
export function renderStatus(snapshot: StatusSnapshot, options: RenderOptions): string[] {
  const { width, height = Infinity, all = false } = options;
  const style = new Style(options);
  const names = new Names(snapshot.symbols.map(({ group }) => group));
  const body = (limits: sections.Limits): string[] => {
    const context = { width, style, names, limits };
    const blocks = [
      [...titleLine(snapshot, options, style), ...summary(snapshot, width, style)],
      warnings(snapshot, width, style),
      sections.workersSection(snapshot, context),
      sections.symbolsSection(snapshot, context),
      troubles.failuresSection(snapshot, context),
      troubles.retriesSection(snapshot, context),
      troubles.holesSection(snapshot, context),
      sections.outputsSection(snapshot, context),
    ];
    return blocks
      .filter((block) => block.length > 0)
      .flatMap((block, i) => (i === 0 ? block : ['', ...block]));
  };
  if (all) return body(ALL).slice(0, height);
  // The last thing to be shortened is who works on what.
  for (const share of [1, 0.6, 0.4, 0.2, 0]) {
    const cut = (count: number): number => Math.max(1, Math.round(count * share));
    const lines = body({
      workers: share === 0 ? 4 : USUAL.workers,
      symbols: cut(USUAL.symbols),
      failures: cut(USUAL.failures),
      retries: cut(USUAL.retries),
      holes: cut(USUAL.holes),
      outputs: share < 0.4 ? 0 : cut(USUAL.outputs),
      reasonLines: share < 0.4 ? 1 : USUAL.reasonLines,
    });
    if (lines.length <= height) return lines;
    if (share === 0) return shortened(lines, height, style);
  }
  return [];
}

function shortened(lines: readonly string[], height: number, style: Style): string[] {
  return [...lines.slice(0, Math.max(0, height - 1)), style.paint(style.more, 'dim')].slice(0, height);
}

function titleLine({ nowMs }: StatusSnapshot, { width, title }: RenderOptions, style: Style): string[] {
  if (title === undefined) return [];
  const time = `${instantText(nowMs)} UTC`;
  const room = width - displayWidth(time) - 2;
  if (room < 12) return [style.paint(fit(title, width, style.more, 'middle'), 'dim')];
  return [style.paint(pad(fit(title, room, style.more, 'middle'), room + 2) + time, 'dim')];
}

function summary(snapshot: StatusSnapshot, width: number, style: Style): string[] {
  const { symbols, isPlanning } = snapshot;
  if (symbols.length === 0) {
    return [
      isPlanning ? 'Planning: nothing is queued yet.' : 'Nothing is queued, and nothing was collected.',
    ];
  }
  return [
    overallBar(snapshot, width, style),
    ...flow(countPhrases(snapshot), width, style),
    ...flow(speedPhrases(snapshot), width, style).map((line) => style.paint(line, 'dim')),
    ...verdict(snapshot, width, style),
  ];
}

/** Said only at the end. */
function verdict({ isSettled, failures, holes }: StatusSnapshot, width: number, style: Style): string[] {
  if (!isSettled) return [];
  if (failures.length > 0) {
    return notice(
      style.sign('bad'),
      'bad',
      'Settled, but not complete: see what failed below. Running the same collect again tries it again.',
      width,
      style,
    );
  }
  if (holes.length > 0) {
    return notice(
      style.sign('warn'),
      'warn',
      'All done, but for the holes of the archive below.',
      width,
      style,
    );
  }
  return [style.paint(`${style.sign('good')} All done.`, 'good')];
}

function warnings({ stalls }: StatusSnapshot, width: number, style: Style): string[] {
  const shown = stalls.slice(0, 6);
  return [
    ...shown.flatMap(({ message, remedy, needsAction }) =>
      notice(style.sign('warn'), needsAction ? 'bad' : 'warn', `${message} ${remedy}`, width, style),
    ),
    ...(stalls.length > shown.length ? [`  and ${stalls.length - shown.length} more like these`] : []),
  ];
}
