import { bytesText, countText, durationText, percentText, plural, roughCount } from './format.js';
import type { StatusSnapshot, WorkerStatus } from './snapshot.js';
import type { Style } from './style.js';
import { displayWidth, fit, wrap } from './text.js';

/** Pieces that several views show. All lines fit into the width they are given. */

/** 0 … 1 by bytes, or by months where bytes are not known. Failed ones count as settled: nothing more is to come. */
export function shareOf({ bytes, months, isSettled }: StatusSnapshot): number {
  if (isSettled) return 1;
  if (bytes.total > 0) return Math.min(1, 1 - bytes.remaining / bytes.total);
  return months.total > 0 ? (months.done + months.failed) / months.total : 0;
}

/** `412 GB of 790 GB` */
export function bytesOf({ bytes }: StatusSnapshot): string {
  return `${bytesText(bytes.done)} of ${bytesText(bytes.total)}`;
}

/** What is expected of the time to come; empty when that is nothing. */
export function etaText(snapshot: StatusSnapshot): string {
  if (snapshot.isSettled) return '';
  if (snapshot.etaSeconds !== null) return `ETA ${durationText(snapshot.etaSeconds)}`;
  return snapshot.isPlanning && snapshot.bytes.total === 0 ? 'planning' : '';
}

/** The bar over all, as wide as there is room, and beside it what it stands for. */
export function overallBar(snapshot: StatusSnapshot, width: number, style: Style): string {
  const share = shareOf(snapshot);
  const { failures, holes, isSettled } = snapshot;
  const tone = !isSettled ? 'accent' : failures.length + holes.length > 0 ? 'warn' : 'good';
  const parts = [percentText(share), bytesOf(snapshot), etaText(snapshot)].filter((part) => part !== '');
  // The bar keeps at least a fifth; what does not fit beside it is said in the next line or not at all.
  let text = parts.join('  ');
  const least = Math.max(8, Math.floor(width / 5));
  while (parts.length > 1 && displayWidth(text) + 2 + least > width) {
    parts.splice(1, 1);
    text = parts.join('  ');
  }
  const cells = Math.max(0, Math.min(60, width - displayWidth(text) - 2));
  return `${style.bar(share, cells, tone)}  ${style.paint(text, 'strong')}`;
}

/** What is done and what is not, as phrases, the important ones first. */
export function countPhrases(snapshot: StatusSnapshot): string[] {
  const { months, symbols, failures, retries, holes, tasks, isSettled, isPlanning } = snapshot;
  const holeCount = holes.reduce((sum, { spans }) => sum + spans.length, 0);
  const settled = symbols.filter(({ state }) => state !== 'waiting' && state !== 'working').length;
  const barsLeft = tasks.pending + tasks.running - months.pending - months.running;
  return [
    `${countText(months.done)} of ${plural(months.total, 'month')}`,
    `${countText(settled)} of ${plural(symbols.length, 'symbol')}`,
    ...(failures.length > 0 ? [`${countText(failures.length)} failed`] : []),
    ...(holeCount > 0 ? [plural(holeCount, 'hole')] : []),
    ...(retries.length > 0 ? [`${countText(retries.length)} to retry`] : []),
    ...(!isSettled && months.pending + months.running === 0 && barsLeft > 0
      ? [`factors of ${plural(barsLeft, 'symbol')} left`]
      : []),
    ...(months.reused > 0 ? [`${countText(months.reused)} reused`] : []),
    ...(isPlanning ? ['still planning'] : []),
  ];
}

/** `1.9 M rows/s`, `214 MB/s milled`, `96 MB/s fetched`; nothing when nobody works. */
export function speedPhrases({ speed }: Pick<StatusSnapshot, 'speed'>): string[] {
  if (speed.windowSeconds === 0) return [];
  const { rowsPerSecond, bytesPerSecond, fetchedBytesPerSecond } = speed;
  return [
    `${roughCount(rowsPerSecond)} rows/s`,
    `${bytesText(bytesPerSecond)}/s milled`,
    ...(fetchedBytesPerSecond > 0 ? [`${bytesText(fetchedBytesPerSecond)}/s fetched`] : []),
  ];
}

/** Phrases on as many lines as they need, none broken unless it is longer than a line. */
export function flow(phrases: readonly string[], width: number, style: Style): string[] {
  const lines: string[] = [];
  for (const phrase of phrases) {
    const last = lines.at(-1);
    const joined = last === undefined ? phrase : last + style.separator + phrase;
    if (last !== undefined && displayWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(fit(phrase, width, style.more));
  }
  return lines;
}

/** A paragraph behind a sign, its further lines under its first word. */
export function notice(
  sign: string,
  tone: 'warn' | 'bad' | 'dim',
  text: string,
  width: number,
  style: Style,
  indent = 0,
): string[] {
  const start = ' '.repeat(indent);
  const room = Math.max(8, width - indent - 2);
  return wrap(style.ascii(text), room).map((line, i) =>
    i === 0 ? `${start}${style.paint(sign, tone)} ${line}` : `${start}  ${line}`,
  );
}

/** `2 working, 1 idle, 1 lost` */
export function workerCounts(workers: readonly WorkerStatus[]): string {
  return (['working', 'idle', 'lost', 'stopped'] as const)
    .map((state) => ({ state, count: workers.filter((worker) => worker.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`)
    .join(', ');
}
