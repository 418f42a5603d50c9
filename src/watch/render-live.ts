import { layOut } from './columns.js';
import { countText } from './format.js';
import { Names } from './names.js';
import { bytesOf, countPhrases, etaText, notice, overallBar, shareOf, speedPhrases } from './render-parts.js';
import { WORKER_COLUMNS, workerRow } from './render-workers.js';
import type { StatusSnapshot } from './snapshot.js';
import { Style, type StyleOptions } from './style.js';
import { fit } from './text.js';
import { percentText } from './format.js';
import { isLiving } from './workers.js';

export interface LiveOptions extends StyleOptions {
  readonly width: number;
  readonly maxLines: number;
}

/** How far a collection is, in a few lines that are redrawn: bar, counts, warnings, a line for each living worker. */
export function renderLiveBlock(snapshot: StatusSnapshot, options: LiveOptions): string[] {
  const { width, maxLines } = options;
  const style = new Style(options);
  const names = new Names(snapshot.symbols.map(({ group }) => group));
  const phrases = [...countPhrases(snapshot), ...speedPhrases(snapshot)];
  const top = [overallBar(snapshot, width, style), style.paint(firstThatFit(phrases, width, style), 'dim')];
  const stalls = snapshot.stalls
    .filter(({ needsAction, kind }) => needsAction || kind === 'retry-delay')
    .slice(0, 3);
  const warnings = stalls.flatMap(({ message, remedy }) =>
    notice(style.sign('warn'), 'warn', `${message} ${remedy}`, width, style),
  );
  const rows = snapshot.workers
    .filter((worker) => isLiving(worker) || (worker.state === 'lost' && worker.tasks.length > 0))
    .map((worker) => workerRow(worker, snapshot.nowMs, names, style));
  const room = maxLines - top.length - warnings.length;
  const shown = rows.length <= room ? rows : rows.slice(0, Math.max(0, room - 1));
  const more =
    rows.length > shown.length
      ? [style.paint(fit(` and ${countText(rows.length - shown.length)} more workers`, width), 'dim')]
      : [];
  return [...top, ...warnings, ...layOut(WORKER_COLUMNS, shown, width, style, 1), ...more].slice(
    0,
    Math.max(0, maxLines),
  );
}

/** The same in one line, for logs: no colour, no bar. */
export function renderLine(snapshot: StatusSnapshot, width: number, unicode = true): string {
  const style = new Style({ color: false, unicode });
  const working = snapshot.workers.filter(isLiving).length;
  const stalled = snapshot.stalls.find(({ needsAction }) => needsAction);
  const parts = [
    `${percentText(shareOf(snapshot))}  ${bytesOf(snapshot)}`,
    etaText(snapshot),
    ...countPhrases(snapshot),
    ...speedPhrases(snapshot),
    ...(snapshot.isSettled ? [] : [`${working} ${working === 1 ? 'worker' : 'workers'}`]),
    ...(stalled ? [`stalled: ${stalled.message}`] : []),
  ];
  return fit(
    firstThatFit(
      parts.filter((part) => part !== ''),
      width,
      style,
    ),
    width,
    style.more,
  );
}

function firstThatFit(phrases: readonly string[], width: number, style: Style): string {
  let line = '';
  for (const phrase of phrases) {
    const joined = line === '' ? phrase : line + style.separator + phrase;
    if (fit(joined, width, style.more) !== joined) break;
    line = joined;
  }
  return line === '' ? fit(phrases[0] ?? '', width, style.more) : line;
}
