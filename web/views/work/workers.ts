import type { StatusAnswer, WorkerStatus } from '../../api-types.js';
import { bytesText, shareText, valueText } from '../../format/number.js';
import { durationText } from '../../format/time.js';
import { h } from '../../ui/dom.js';
import { taskName } from './names.js';

const TONES: Readonly<Record<WorkerStatus['state'], string>> = {
  working: 'good',
  idle: 'soft',
  stopped: 'soft',
  lost: 'bad',
};

export function workersCard({ workers, nowMs }: StatusAnswer): HTMLElement {
  return h(
    'section',
    { class: 'card', testid: 'workers' },
    h('h2', { text: `Workers (${workers.length})` }),
    workers.length === 0
      ? h('p', { class: 'soft', text: 'Nobody works on this queue now.' })
      : h('ul', { class: 'workers' }, ...workers.map((worker) => workerItem(worker, nowMs))),
  );
}

function workerItem(
  { id, host, pid, state, why, tasks, speed, silentSeconds }: WorkerStatus,
  nowMs: number,
): HTMLElement {
  return h(
    'li',
    { testid: `worker-${id}` },
    h(
      'div',
      { class: 'worker-head' },
      h('strong', { text: id }),
      h('span', { class: TONES[state], text: state }),
      h('span', { class: 'soft', text: `${host} · process ${pid}` }),
      state === 'working'
        ? h('span', {
            class: 'worker-speed',
            text: `${valueText(speed.rowsPerSecond)} rows/s · ${bytesText(speed.bytesPerSecond)}/s`,
          })
        : h('span', { class: 'worker-speed soft', text: `last heard of ${durationText(silentSeconds)} ago` }),
    ),
    why === null ? null : h('p', { class: 'bad', text: why }),
    ...tasks.map(({ group, period, phase, share, startedAtMs, attempt }) =>
      h(
        'div',
        { class: 'task' },
        h('span', { class: 'task-name', text: taskName(group, period) }),
        h('span', { class: 'soft', text: attempt > 1 ? `${phase}, attempt ${attempt}` : phase }),
        h('span', { class: 'bar' }, h('i', { style: { width: `${(share ?? 0) * 100}%` } })),
        h('span', { class: 'num', text: share === null ? '' : shareText(share, 0) }),
        h('span', { class: 'num soft', text: durationText((nowMs - startedAtMs) / 1000) }),
      ),
    ),
  );
}
