import type { StatusAnswer, SymbolStatus } from '../../api-types.js';
import { bytesText, countText } from '../../format/number.js';
import { h } from '../../ui/dom.js';
import { groupName } from './names.js';

const ORDER: Readonly<Record<SymbolStatus['state'], number>> = {
  working: 0,
  failed: 1,
  partial: 2,
  waiting: 3,
  done: 4,
};
const TONES: Readonly<Record<SymbolStatus['state'], string>> = {
  working: '',
  failed: 'bad',
  partial: 'warn',
  waiting: 'soft',
  done: 'good',
};
const SHOWN = 300;

/** What is under way comes first, then what went wrong. */
export function symbolsCard({ symbols }: StatusAnswer): HTMLElement {
  const sorted = [...symbols].sort((a, b) => ORDER[a.state] - ORDER[b.state]);
  return h(
    'section',
    { class: 'card', testid: 'symbols' },
    h('h2', { text: `Symbols (${countText(symbols.length)})` }),
    h(
      'div',
      {
        class: 'scroller',
        attrs: { 'data-keep': 'symbols', tabindex: 0, role: 'region', 'aria-label': 'Symbols' },
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
            ...['Symbol', 'State', 'Months', 'Size'].map((text, i) =>
              h('th', { text, class: i > 1 ? 'num' : '' }),
            ),
          ),
        ),
        h('tbody', {}, ...sorted.slice(0, SHOWN).map(row)),
      ),
      sorted.length > SHOWN
        ? h('p', { class: 'soft', text: `and ${countText(sorted.length - SHOWN)} more` })
        : null,
    ),
  );
}

function row({ group, state, months, bytes }: SymbolStatus): HTMLElement {
  const share = months.total > 0 ? months.done / months.total : 1;
  return h(
    'tr',
    {},
    h('td', { text: groupName(group) }),
    h('td', { text: state, class: TONES[state] }),
    h(
      'td',
      { class: 'num' },
      h('span', {
        text: `${countText(months.done)} / ${countText(months.total)}${months.reused > 0 ? ` + ${countText(months.reused)} reused` : ''}`,
      }),
      h('span', { class: 'bar' }, h('i', { style: { width: `${share * 100}%` } })),
    ),
    h('td', { class: 'num', text: bytesText(bytes.total) }),
  );
}
