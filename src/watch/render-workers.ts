import type { Cell, Column } from './columns.js';
import { bytesText, durationText, percentText, roughCount } from './format.js';
import type { Names } from './names.js';
import type { WorkerState, WorkerStatus } from './snapshot.js';
import type { Style, Tone } from './style.js';
import { plain } from './text.js';

const BAR_CELLS = 10;
/** Heartbeats come every second; a pause of so many is worth a word. */
const SILENT_SECONDS = 10;

export const WORKER_COLUMNS: readonly Column[] = [
  {}, // sign
  { min: 10, cut: 'middle' }, // name
  { drop: 2 }, // phase
  { min: 18, cut: 'middle' }, // task: the period at its end tells more than the name
  { drop: 5 }, // bar
  { align: 'right' }, // share
  { align: 'right', drop: 3 }, // bytes a second
  { align: 'right', drop: 4 }, // rows a second
  { drop: 1 }, // remarks
];

const LOOKS: Readonly<Record<WorkerState, { sign: 'on' | 'off' | 'bad'; tone: Tone }>> = {
  working: { sign: 'on', tone: 'good' },
  idle: { sign: 'off', tone: 'dim' },
  stopped: { sign: 'off', tone: 'dim' },
  lost: { sign: 'bad', tone: 'bad' },
};

/** One line a worker: what it is at, how far, how fast. */
export function workerRow(worker: WorkerStatus, nowMs: number, names: Names, style: Style): Cell[] {
  const { sign, tone } = LOOKS[worker.state];
  const [task] = worker.tasks;
  const begin: Cell[] = [
    { text: style.sign(sign), tone },
    { text: plain(worker.id), tone: worker.state === 'stopped' ? 'dim' : 'plain' },
  ];
  if (worker.state === 'lost' || !task) {
    const since = durationText((nowMs - worker.heartbeatAtMs) / 1000);
    const what = {
      working: 'idle',
      idle: 'idle',
      stopped: `ended ${since} ago`,
      lost: `last heard of ${since} ago`,
    };
    return [
      ...begin,
      { text: worker.state, tone },
      { text: task ? names.key(task.key) : describe(what[worker.state], worker) },
    ];
  }
  const { attempt, phase, bytesTotal } = task;
  // While it is fetched nothing is milled of it: what counts then is what has come.
  const isFetching = phase === 'fetching';
  const share = isFetching && bytesTotal > 0 ? Math.min(1, task.fetchedBytes / bytesTotal) : task.share;
  const { speed } = worker;
  const bytesPerSecond = isFetching ? speed.fetchedBytesPerSecond : speed.bytesPerSecond;
  const remarks = [
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(worker.silentSeconds >= SILENT_SECONDS ? [`silent ${durationText(worker.silentSeconds)}`] : []),
    ...(worker.tasks.length > 1 ? [`+${worker.tasks.length - 1} ahead`] : []),
  ];
  return [
    ...begin,
    { text: phase },
    { text: names.key(task.key) },
    share === null ? { text: '' } : { text: ' '.repeat(BAR_CELLS), painted: style.bar(share, BAR_CELLS) },
    { text: share === null ? '' : percentText(share) },
    { text: bytesPerSecond > 0 ? `${bytesText(bytesPerSecond)}/s` : '' },
    { text: speed.rowsPerSecond > 0 ? `${roughCount(speed.rowsPerSecond)} rows/s` : '', tone: 'dim' },
    {
      text: remarks.join(', '),
      tone: attempt > 1 || worker.silentSeconds >= SILENT_SECONDS ? 'warn' : 'dim',
    },
  ];
}

/** What is said of a worker without a task; that it is idle says its state already. */
function describe(text: string, { state }: WorkerStatus): string {
  return state === 'idle' ? '' : text;
}
