import type { StatusAnswer, TaskEvent } from '../../api-types.js';
import { countText } from '../../format/number.js';
import { clockText } from '../../format/time.js';
import { h } from '../../ui/dom.js';
import { groupName, isOfTicks, keyName, taskName } from './names.js';

/** What came by the stream; before the first word, the files that were written last. */
export function eventsCard(events: readonly TaskEvent[], { outputs }: StatusAnswer): HTMLElement {
  const items =
    events.length > 0
      ? events.map(({ id, atMs, key, group, type, data }) =>
          item(
            String(id),
            atMs,
            type,
            key !== null ? keyName(key) : group !== null ? groupName(group) : '',
            messageOf(data),
          ),
        )
      : outputs.map(({ atMs, type, group, month, lines }, i) =>
          item(
            `output-${i}`,
            atMs,
            type,
            taskName(group, month),
            `${countText(lines)} ${linesOf(group, month)}`,
          ),
        );
  return h(
    'section',
    { class: 'card', testid: 'events' },
    h('h2', { text: 'Recent events' }),
    items.length === 0
      ? h('p', { class: 'soft', text: 'Nothing has happened yet.' })
      : h(
          'div',
          {
            class: 'scroller tall',
            attrs: { 'data-keep': 'events', tabindex: 0, role: 'region', 'aria-label': 'Recent events' },
          },
          h('ol', { class: 'events' }, ...items),
        ),
  );
}

function linesOf(group: string, month: string | null): string {
  if (!isOfTicks(group)) return 'rows';
  return month === null ? 'bars' : 'minutes';
}

function item(id: string, atMs: number, type: string, subject: string, note: string): HTMLElement {
  const tone = /fail|lost/.test(type) ? 'bad' : type.includes('retry') ? 'warn' : '';
  return h(
    'li',
    { testid: `event-${id}` },
    h('time', { class: 'soft', text: clockText(atMs), attrs: { datetime: new Date(atMs).toISOString() } }),
    h(
      'div',
      {},
      h('span', { class: tone, text: type.replaceAll('-', ' ') }),
      ' ',
      h('strong', { text: subject }),
      note === '' ? null : h('p', { class: 'soft', text: note }),
    ),
  );
}

/** Events carry what their worker said; what people read of it is a message, a reason, or rows. */
function messageOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  const { code, message, reason, rows } = data as Record<string, unknown>;
  const text = [code, message ?? reason]
    .filter((part): part is string => typeof part === 'string')
    .join(': ');
  if (text !== '') return text;
  return typeof rows === 'number' ? `${countText(rows)} rows` : '';
}
