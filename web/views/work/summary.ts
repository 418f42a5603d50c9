import type { StatusAnswer } from '../../api-types.js';
import { bytesText, countText, plural, shareText, valueText } from '../../format/number.js';
import { durationText } from '../../format/time.js';
import { h } from '../../ui/dom.js';

/** 0 … 1 by bytes, by months where bytes are not known. Failed ones count as settled: nothing more is to come. */
export function shareOf({ bytes, months, isSettled }: StatusAnswer): number {
  if (isSettled) return 1;
  if (bytes.total > 0) return Math.min(1, 1 - bytes.remaining / bytes.total);
  return months.total > 0 ? (months.done + months.failed) / months.total : 0;
}

export function summaryCard(snapshot: StatusAnswer): HTMLElement {
  const { months, bytes, speed, etaSeconds, isSettled, isPlanning, failures, holes, symbols } = snapshot;
  const share = shareOf(snapshot);
  const settled = symbols.filter(({ state }) => state !== 'waiting' && state !== 'working').length;
  const verdict = !isSettled
    ? isPlanning
      ? 'Working, and still planning'
      : 'Working'
    : failures.length > 0
      ? 'Settled, but not complete'
      : holes.length > 0
        ? 'All done, but for holes of the archive'
        : 'All done';
  const tone = !isSettled ? '' : failures.length + holes.length > 0 ? 'partial' : 'done';
  return h(
    'section',
    { class: 'card summary', testid: 'work-summary', attrs: { 'aria-label': 'Progress' } },
    h(
      'div',
      { class: 'summary-line' },
      h('strong', { text: verdict, testid: 'work-verdict' }),
      h('span', { class: 'soft', text: `${bytesText(bytes.done)} of ${bytesText(bytes.total)}` }),
    ),
    h(
      'div',
      {
        class: `bar ${tone}`,
        attrs: {
          role: 'progressbar',
          'aria-label': 'Whole queue',
          'aria-valuemin': 0,
          'aria-valuemax': 100,
          'aria-valuenow': Math.floor(share * 100),
        },
      },
      h('i', { style: { width: `${share * 100}%` } }),
    ),
    h(
      'dl',
      { class: 'figures' },
      figure('done', shareText(share, 1), 'progress'),
      figure('months', `${countText(months.done)} / ${countText(months.total)}`, 'months'),
      figure('symbols', `${countText(settled)} / ${countText(symbols.length)}`, 'symbols'),
      figure('rows a second', isSettled ? '—' : valueText(speed.rowsPerSecond), 'speed'),
      figure('milled a second', isSettled ? '—' : bytesText(speed.bytesPerSecond), 'bytes'),
      figure(
        'time left',
        isSettled ? '—' : etaSeconds === null ? 'not known yet' : durationText(etaSeconds),
        'eta',
      ),
      figure('failed', countText(failures.length), 'failed', failures.length > 0 ? 'bad' : ''),
      figure('reused', plural(months.reused, 'month'), 'reused'),
    ),
  );
}

function figure(name: string, value: string, id: string, tone = ''): HTMLElement {
  return h('div', {}, h('dt', { text: name }), h('dd', { text: value, class: tone, testid: `figure-${id}` }));
}
