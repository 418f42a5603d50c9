import type { MonthAnswer, ObjectInfo } from '../../api-types.js';
import { bytesText, countText, plural, shareText } from '../../format/number.js';
import { instantText } from '../../format/time.js';
import { h } from '../../ui/dom.js';
import { factList } from '../../ui/side-panel.js';
import { accountRows } from './account.js';

/** All that is known of one month's file. */
export function monthFacts(answer: MonthAnswer): HTMLElement[] {
  const { file, objects, missing, audit, version, schemaVersion, share, state } = answer;
  return [
    factList([
      ['state', `${state}${share === null ? '' : `, ${shareText(share, 1)} of its days`}`],
      ['file', `${file.name} (${bytesText(file.bytes)})`],
      ['written', `${instantText(file.writtenAtMs, true)} by tapemill ${version}, schema ${schemaVersion}`],
    ]),
    h('section', { testid: 'month-audit' }, h('h3', { text: 'Audit' }), auditFacts(audit)),
    h(
      'section',
      { testid: 'month-missing' },
      h('h3', { text: 'Missing periods' }),
      missing.length === 0
        ? h('p', { class: 'soft', text: 'None.' })
        : h(
            'ul',
            { class: 'troubles' },
            ...missing.map(({ period, reason, detail }) =>
              h(
                'li',
                {},
                h('strong', { text: period }),
                ` ${reason}`,
                detail === undefined ? null : h('p', { class: 'soft', text: detail }),
              ),
            ),
          ),
    ),
    h(
      'section',
      { testid: 'month-objects' },
      h('h3', { text: plural(objects.length, 'object') }),
      ...objects.map(objectFacts),
    ),
  ];
}

function auditFacts(audit: MonthAnswer['audit']): HTMLElement {
  if (audit === null)
    return h('p', {
      class: 'soft',
      text: 'No day of it was audited. tapemill audit compares its minutes with klines.',
    });
  const { exactShare, compared, exact, withoutKline, days, classes } = audit;
  return factList([
    [
      'exact',
      `${shareText(exactShare)} (${countText(exact)} of ${plural(compared, 'minute')}, ${plural(days, 'day')})`,
    ],
    ...Object.entries(classes).map(([name, count]) => [name, plural(count, 'minute')] as const),
    ...(withoutKline > 0 ? [['without kline', plural(withoutKline, 'minute')] as const] : []),
  ]);
}

function objectFacts({ key, bytes, sha256, checksum, rows, accepted, account }: ObjectInfo): HTMLElement {
  return h(
    'div',
    { class: 'object' },
    h('h3', { class: 'mono', text: key }),
    factList([
      ['size', bytesText(bytes)],
      [
        'checksum',
        h('span', { class: checksum === 'missing' ? 'warn' : '', text: checksum ?? 'not published' }),
      ],
      ['SHA-256', h('code', { text: sha256 })],
      ['rows', `${countText(rows)}, ${countText(accepted)} accepted`],
    ]),
    h('details', {}, h('summary', { text: 'Account of all rows' }), factList(accountRows(account))),
  );
}
