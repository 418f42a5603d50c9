import { ApiFailure, api, isAborted } from '../../api-client.js';
import type { QualityAnswer, SymbolQuality } from '../../api-types.js';
import { instantText } from '../../format/time.js';
import { currentRoute, navigate } from '../../navigation.js';
import { type Route, withParams } from '../../router.js';
import { info } from '../../store/facts.js';
import { announce } from '../../ui/announce.js';
import { fill, h } from '../../ui/dom.js';
import { HeatGrid } from '../../ui/heat-grid.js';
import { SidePanel, factList } from '../../ui/side-panel.js';
import { emptyState, errorState, loadingState } from '../../ui/states.js';
import { marketChoice } from '../market-choice.js';
import type { View } from '../view.js';
import { BUCKETS, qualityHeat, totalsOf } from './buckets.js';
import { explanationFacts } from './explanation.js';
import { classesCard, minutesCard, objectsCard, totalsCard } from './tables.js';
import { shareText, countText, plural } from '../../format/number.js';

/** What the audit found. */
export class QualityView implements View {
  readonly element: HTMLElement;
  private readonly head = h('div', { class: 'view-head' });
  private readonly frame = h('div', { class: 'with-side' });
  private readonly body = h('div', { class: 'quality' });
  private readonly side = new SidePanel(this.frame, () => {
    navigate(withParams(currentRoute(), { symbol: null, at: null, month: null }));
  });
  private readonly grid = new HeatGrid({
    label: 'Exact share by symbol and month',
    testid: 'quality-grid',
    onOpen: (row, column) => {
      const symbol = this.symbols[row]!.symbol;
      navigate(withParams(currentRoute(), { symbol, month: this.months[column]!, at: null }));
    },
  });
  private answer: QualityAnswer | null = null;
  private symbols: readonly SymbolQuality[] = [];
  private months: readonly string[] = [];
  private loading: AbortController | null = null;
  private explaining: AbortController | null = null;
  private opened = '';
  private cameFrom: Element | null = null;

  constructor() {
    this.frame.append(this.body, this.side.element);
    fill(this.head, h('h1', { text: 'Quality', attrs: { id: 'quality-title' } }));
    this.element = h(
      'section',
      { class: 'view', testid: 'view-quality', attrs: { 'aria-labelledby': 'quality-title' } },
      this.head,
      this.frame,
    );
  }

  show(route: Route): void {
    const { market } = route.params;
    if (this.answer === null || (market !== undefined && market !== this.answer.market))
      void this.load(route);
    else void this.open(route);
  }

  dispose(): void {
    this.loading?.abort();
    this.explaining?.abort();
  }

  private async load(route: Route): Promise<void> {
    this.loading?.abort();
    const loading = new AbortController();
    this.loading = loading;
    fill(this.body, loadingState('Loading the audit', [76, 240, 260]));
    try {
      const about = await info.get();
      const markets = [...new Set(about.symbols.map(({ market }) => market))];
      const market = route.params['market'] ?? markets[0];
      if (!about.quality || market === undefined) {
        this.showEmpty(market);
        return;
      }
      fill(
        this.head,
        h('h1', { text: 'Quality', attrs: { id: 'quality-title' } }),
        marketChoice(markets, market, (chosen) => {
          navigate({ view: 'quality', params: { market: chosen } });
        }),
      );
      const answer = await api.quality(market, loading.signal);
      this.answer = answer;
      this.draw(answer);
      void this.open(currentRoute());
    } catch (error) {
      if (isAborted(error) || loading.signal.aborted) return;
      if (error instanceof ApiFailure && error.code === 'E_NO_LAYER') {
        this.showEmpty(route.params['market']);
        return;
      }
      info.forget();
      fill(
        this.body,
        errorState(error, () => void this.load(route)),
      );
    }
  }

  private showEmpty(market: string | undefined): void {
    fill(
      this.body,
      emptyState(
        'Nothing was audited yet',
        'An audit compares every minute of the layer with the exchange’s own kline, and names every difference. It needs 1m klines beside the ticks.',
        [
          `tapemill collect BTCUSDT --data-type klines --interval 1m${market === undefined || market === 'um' ? '' : ` --market ${market}`}`,
          'tapemill audit --all',
        ],
      ),
    );
  }

  private draw(answer: QualityAnswer): void {
    const totals = totalsOf(answer);
    this.symbols = [...answer.symbols].sort((a, b) => (a.exactShare ?? 2) - (b.exactShare ?? 2));
    const data = qualityHeat(this.symbols);
    this.months = data.months;
    const rows = Math.min(16, Math.max(2, this.symbols.length));
    this.grid.element.style.setProperty('--rows', String(rows));
    fill(
      this.body,
      totalsCard(totals, answer.symbols.length),
      h(
        'section',
        { class: 'quality-heat' },
        h('h2', { text: 'Exact share of minutes' }),
        h(
          'div',
          { class: 'legend-row' },
          ...BUCKETS.map((text, i) => h('span', {}, h('i', { class: `swatch heat-${i}` }), text)),
        ),
        this.grid.element,
      ),
      h(
        'div',
        { class: 'quality-columns' },
        classesCard(totals.classes, answer.classMeanings),
        minutesCard(answer.worstMinutes, ({ symbol, at }) => {
          this.cameFrom = document.activeElement;
          navigate(withParams(currentRoute(), { symbol, at: String(at), month: null }));
        }),
      ),
      objectsCard(answer.worstObjects),
    );
    this.grid.setData(data);
  }

  private async open({ params }: Route): Promise<void> {
    const { symbol, at, month } = params;
    const wanted = [symbol, at, month].join(' ');
    if (wanted === this.opened || this.answer === null) return;
    this.opened = wanted;
    this.explaining?.abort();
    if (symbol !== undefined && month !== undefined) {
      this.showMonth(symbol, month);
      return;
    }
    if (symbol === undefined || at === undefined || !/^\d+$/.test(at)) {
      if (this.side.isOpen && this.cameFrom instanceof HTMLElement) this.cameFrom.focus();
      this.side.hide();
      return;
    }
    const explaining = new AbortController();
    this.explaining = explaining;
    const title = `${symbol} ${instantText(Number(at) * 1000)}`;
    this.side.show(title, loadingState('Loading the explanation', [50, 180, 140]));
    try {
      const answer = await api.explain(
        { market: this.answer.market, symbol, at: Number(at) },
        explaining.signal,
      );
      this.side.show(
        title,
        this.exploreLink(symbol, Number(at) * 1000 - 1_800_000, Number(at) * 1000 + 1_800_000),
        ...explanationFacts(answer),
      );
      announce(`Explanation of ${title}`);
    } catch (error) {
      if (isAborted(error) || explaining.signal.aborted) return;
      this.side.show(
        title,
        errorState(error, () => {
          this.opened = '';
          void this.open(currentRoute());
        }),
      );
    }
  }

  private showMonth(symbol: string, month: string): void {
    const found = this.symbols
      .find((one) => one.symbol === symbol)
      ?.months.find((one) => one.month === month);
    this.cameFrom = this.grid.element.querySelector('[role=grid]');
    if (!found) {
      this.side.hide();
      return;
    }
    const { exactShare, compared, exact, withoutKline, days, classes } = found;
    this.side.show(
      `${symbol} ${month}`,
      factList([
        ['exact', shareText(exactShare)],
        ['compared', `${plural(compared, 'minute')} of ${plural(days, 'day')}`],
        ['differ', countText(compared - exact)],
        ['without a kline', countText(withoutKline)],
        ...Object.entries(classes).map(([name, count]) => [name, countText(count)] as const),
      ]),
      this.exploreMonth(symbol, month),
    );
  }

  private exploreMonth(symbol: string, month: string): HTMLElement {
    const link = h('a', { text: `Explore ${symbol} in ${month}` });
    link.href = `#/explore?market=${this.answer!.market}&symbol=${encodeURIComponent(symbol)}&from=${month}&to=${month}`;
    return h('p', {}, link);
  }

  private exploreLink(symbol: string, fromMs: number, toMs: number): HTMLElement {
    const time = (ms: number): string => instantText(ms).replace(' ', 'T');
    const link = h('a', { text: 'Explore the hour around it', testid: 'explore-minute' });
    link.href = `#/explore?market=${this.answer!.market}&symbol=${encodeURIComponent(symbol)}&from=${time(fromMs)}&to=${time(toMs)}&freq=1m`;
    return h('p', {}, link);
  }
}
