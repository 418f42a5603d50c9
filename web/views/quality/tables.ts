import type { AuditCounts, QualityAnswer, WorstMinute, WorstObject } from '../../api-types.js';
import { countText, plural, shareText, valueText } from '../../format/number.js';
import { instantText } from '../../format/time.js';
import { h } from '../../ui/dom.js';

export function totalsCard(totals: AuditCounts & { readonly days: number }, symbols: number): HTMLElement {
  const figure = (name: string, value: string, id: string): HTMLElement =>
    h('div', {}, h('dt', { text: name }), h('dd', { text: value, testid: `quality-${id}` }));
  return h(
    'section',
    { class: 'card', testid: 'quality-totals', attrs: { 'aria-label': 'Totals' } },
    h(
      'dl',
      { class: 'figures' },
      figure('exact minutes', shareText(totals.exactShare), 'share'),
      figure('compared', countText(totals.compared), 'compared'),
      figure('differ', countText(totals.compared - totals.exact), 'off'),
      figure('without a kline', countText(totals.withoutKline), 'without'),
      figure('audited', plural(totals.days, 'day'), 'days'),
      figure('symbols', countText(symbols), 'symbols'),
    ),
  );
}

export function classesCard(
  classes: Readonly<Record<string, number>>,
  meanings: QualityAnswer['classMeanings'],
): HTMLElement {
  const all = Object.values(classes).reduce((sum, count) => sum + count, 0);
  const most = Math.max(1, ...Object.values(classes));
  const rows = Object.entries(classes).sort(([, a], [, b]) => b - a);
  return h(
    'section',
    { class: 'card', testid: 'quality-classes' },
    h('h2', { text: 'Why minutes differ' }),
    rows.length === 0
      ? h('p', { class: 'soft', text: 'No minute differs.' })
      : h(
          'ul',
          { class: 'classes' },
          ...rows.map(([name, count]) =>
            h(
              'li',
              {},
              h(
                'div',
                { class: 'class-head' },
                h('strong', { text: name, class: name === 'unexplained' ? 'bad' : '' }),
                h('span', { text: `${countText(count)} · ${shareText(count / all, 1)}` }),
              ),
              h('div', { class: 'bar' }, h('i', { style: { width: `${(count / most) * 100}%` } })),
              h('p', { class: 'soft', text: meanings[name] ?? '' }),
            ),
          ),
        ),
  );
}

export function objectsCard(objects: readonly WorstObject[]): HTMLElement {
  return h(
    'section',
    { class: 'card', testid: 'worst-objects' },
    h('h2', { text: 'Objects with most blemishes' }),
    objects.length === 0
      ? h('p', { class: 'soft', text: 'No object has a blemish.' })
      : h(
          'div',
          {
            class: 'scroller',
            attrs: { tabindex: 0, role: 'region', 'aria-label': 'Objects with most blemishes' },
          },
          h(
            'table',
            {},
            h(
              'thead',
              {},
              h(
                'tr',
                {},
                h('th', { text: 'Object' }),
                h('th', { class: 'num', text: 'Rows' }),
                h('th', { class: 'num', text: 'Blemishes' }),
                h('th', { text: 'What they are' }),
              ),
            ),
            h(
              'tbody',
              {},
              ...objects.map(
                ({
                  symbol,
                  dataType,
                  interval,
                  period,
                  rows,
                  blemishes,
                  counts,
                  knownDefect,
                  checksum,
                  key,
                }) =>
                  h(
                    'tr',
                    { attrs: { title: key } },
                    h(
                      'td',
                      {},
                      h('strong', { text: symbol }),
                      ` ${dataType}${interval === null ? '' : ` ${interval}`} ${period}`,
                    ),
                    h('td', { class: 'num', text: countText(rows) }),
                    h('td', { class: 'num', text: countText(blemishes) }),
                    h(
                      'td',
                      {},
                      Object.entries(counts)
                        .map(([name, count]) => `${name.replaceAll('_', ' ')} ${countText(count)}`)
                        .concat(checksum === 'missing' ? ['no checksum published'] : [])
                        .join(', '),
                      knownDefect === null ? null : h('p', { class: 'soft', text: knownDefect }),
                    ),
                  ),
              ),
            ),
          ),
        ),
  );
}

export function minutesCard(
  minutes: readonly WorstMinute[],
  onOpen: (minute: WorstMinute) => void,
): HTMLElement {
  return h(
    'section',
    { class: 'card', testid: 'worst-minutes' },
    h('h2', { text: 'Minutes that differ most' }),
    minutes.length === 0
      ? h('p', { class: 'soft', text: 'No minute differs.' })
      : h(
          'div',
          {
            class: 'scroller tall',
            attrs: { tabindex: 0, role: 'region', 'aria-label': 'Minutes that differ most' },
          },
          h(
            'table',
            {},
            h(
              'thead',
              {},
              h(
                'tr',
                {},
                h('th', { text: 'Minute, UTC' }),
                h('th', { text: 'Class' }),
                h('th', { class: 'num', text: 'Δ quote' }),
                h('th', { text: 'Why' }),
              ),
            ),
            h(
              'tbody',
              {},
              ...minutes.map((minute) =>
                h(
                  'tr',
                  {},
                  h(
                    'td',
                    {},
                    h('button', {
                      class: 'button quiet link',
                      text: `${minute.symbol} ${instantText(minute.at * 1000)}`,
                      testid: `minute-${minute.symbol}-${minute.at}`,
                      attrs: { type: 'button' },
                      on: {
                        click: () => {
                          onOpen(minute);
                        },
                      },
                    }),
                  ),
                  h('td', { text: minute.class, class: minute.class === 'unexplained' ? 'bad' : '' }),
                  h('td', { class: 'num', text: valueText(quoteOf(minute)) }),
                  h('td', { class: 'soft', text: minute.explanation }),
                ),
              ),
            ),
          ),
        ),
  );
}

function quoteOf({ deltas }: WorstMinute): number | null {
  return deltas['quote_volume'] ?? deltas['quote_asset_volume'] ?? null;
}
