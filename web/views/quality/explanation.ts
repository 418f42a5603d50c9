import type { ExplainAnswer } from '../../api-types.js';
import { bytesText, countText, valueText } from '../../format/number.js';
import { instantText } from '../../format/time.js';
import { h } from '../../ui/dom.js';
import { factList } from '../../ui/side-panel.js';

/** Everything that one minute rests on. */
export function explanationFacts(answer: ExplainAnswer): HTMLElement[] {
  const { minutes, fields, startMs, tickObjects, klineObjects, anomalies, bar } = answer;
  const own = minutes.find(({ minute }) => minute === startMs);
  return [
    h(
      'section',
      { testid: 'explain-verdict' },
      h('h3', { text: own?.verdict ?? 'not compared' }),
      h('p', { text: own?.off?.explanation ?? 'The bar equals its kline in every field.' }),
    ),
    ...(fields === null ? [] : [fieldsTable(fields)]),
    h(
      'section',
      {},
      h('h3', { text: 'Minutes around it' }),
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { text: 'Minute' }),
            h('th', { text: 'Verdict' }),
            h('th', { class: 'num', text: 'Ticks' }),
            h('th', { class: 'num', text: 'Volume' }),
          ),
        ),
        h(
          'tbody',
          {},
          ...minutes.map(({ minute, verdict, ticks, baseVolume }) =>
            h(
              'tr',
              {},
              h('td', {}, h(minute === startMs ? 'strong' : 'span', { text: instantText(minute).slice(11) })),
              h('td', { text: verdict }),
              h('td', { class: 'num', text: countText(ticks) }),
              h('td', { class: 'num', text: valueText(baseVolume) }),
            ),
          ),
        ),
      ),
    ),
    ...(anomalies.length === 0
      ? []
      : [
          h(
            'section',
            {},
            h('h3', { text: 'Beware' }),
            ...anomalies.map((text) => h('p', { class: 'warn', text })),
          ),
        ]),
    h(
      'section',
      {},
      h('h3', { text: 'Made of' }),
      ...[...tickObjects, ...klineObjects].map(({ key, bytes, sha256 }) =>
        h(
          'div',
          { class: 'object' },
          h('h3', { class: 'mono', text: key }),
          factList([
            ['size', bytesText(bytes)],
            ['SHA-256', h('code', { text: sha256 })],
          ]),
        ),
      ),
    ),
    h(
      'details',
      { class: 'object' },
      h('summary', { text: `Formulas of the ${bar.frequency.label} bar of ${instantText(bar.startMs)}` }),
      factList(
        bar.formulas.map(
          (formula) => [formula.name, `${valueText(formula.value)} = ${formula.filled}`] as const,
        ),
      ),
    ),
  ];
}

function fieldsTable(fields: NonNullable<ExplainAnswer['fields']>): HTMLElement {
  return h(
    'section',
    {},
    h('h3', { text: 'Beside its kline' }),
    h(
      'table',
      { testid: 'explain-fields' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { text: 'Field' }),
          h('th', { class: 'num', text: 'Bar' }),
          h('th', { class: 'num', text: 'Kline' }),
          h('th', { class: 'num', text: 'Difference' }),
        ),
      ),
      h(
        'tbody',
        {},
        ...fields.map(({ field, layer, kline, delta }) =>
          h(
            'tr',
            {},
            h('td', { text: field.replaceAll('_', ' ') }),
            h('td', { class: 'num', text: plain(layer) }),
            h('td', { class: 'num', text: plain(kline) }),
            h('td', { class: `num ${delta !== null && delta !== 0 ? 'bad' : 'soft'}`, text: plain(delta) }),
          ),
        ),
      ),
    ),
  );
}

/** In full: a difference may be in the last digit. */
function plain(value: number | null): string {
  return value === null ? '—' : value.toLocaleString('en-US', { maximumFractionDigits: 8 }).replace('-', '−');
}
