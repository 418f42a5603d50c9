import type { StatusAnswer } from '../../api-types.js';
import { plural } from '../../format/number.js';
import { durationText, instantText } from '../../format/time.js';
import { h } from '../../ui/dom.js';
import { groupName, keyName, taskName } from './names.js';

export function stallsCard({ stalls }: StatusAnswer): HTMLElement | null {
  if (stalls.length === 0) return null;
  return h(
    'section',
    { class: 'card notice', testid: 'stalls', attrs: { 'aria-label': 'What holds the work up' } },
    ...stalls
      .slice(0, 6)
      .map(({ message, remedy, needsAction }) =>
        h('p', {}, h('strong', { class: needsAction ? 'bad' : 'warn', text: `${message} ` }), remedy),
      ),
  );
}

export function failuresCard({ failures }: StatusAnswer): HTMLElement | null {
  if (failures.length === 0) return null;
  return h(
    'section',
    { class: 'card', testid: 'failures' },
    h('h2', { class: 'bad', text: `Failed (${failures.length})` }),
    h(
      'ul',
      { class: 'troubles' },
      ...failures.slice(0, 100).map(({ group, period, code, reason, attempts, atMs }) =>
        h(
          'li',
          {},
          h(
            'div',
            {},
            h('strong', { text: taskName(group, period) }),
            ' ',
            h('code', { class: 'bad', text: code }),
          ),
          h('p', { text: reason }),
          h('p', {
            class: 'soft',
            text: `${instantText(atMs, true)}, after ${plural(attempts, 'attempt')}`,
          }),
        ),
      ),
    ),
  );
}

export function retriesCard({ retries, nowMs }: StatusAnswer): HTMLElement | null {
  if (retries.length === 0) return null;
  return h(
    'section',
    { class: 'card', testid: 'retries' },
    h('h2', { text: `To be tried again (${retries.length})` }),
    h(
      'ul',
      { class: 'troubles' },
      ...retries.slice(0, 50).map(({ key, code, reason, attempts, atMs }) =>
        h(
          'li',
          {},
          h('div', {}, h('strong', { text: keyName(key) }), ' ', h('code', { class: 'warn', text: code })),
          h('p', { text: reason }),
          h('p', {
            class: 'soft',
            text: `${plural(attempts, 'attempt')}; ${atMs > nowMs ? `again in ${durationText((atMs - nowMs) / 1000)}` : 'waits for a worker'}`,
          }),
        ),
      ),
    ),
  );
}

export function holesCard({ holes }: StatusAnswer): HTMLElement | null {
  if (holes.length === 0) return null;
  return h(
    'section',
    { class: 'card', testid: 'holes' },
    h('h2', { text: 'Holes of the archive' }),
    h(
      'ul',
      { class: 'troubles' },
      ...holes.slice(0, 60).map(({ group, spans }) =>
        h(
          'li',
          {},
          h('strong', { text: groupName(group) }),
          ' ',
          h('span', {
            class: 'soft',
            text: spans
              .map(({ from, to, unit, count }) =>
                count === 1 ? from : `${from} to ${to} (${plural(count, unit)})`,
              )
              .join(', '),
          }),
        ),
      ),
    ),
  );
}
