import { ApiFailure, api, isAborted } from '../../api-client.js';
import type { CoverageAnswer, CoverageRow } from '../../api-types.js';
import { plural } from '../../format/number.js';
import { currentRoute, navigate, replaceRoute } from '../../navigation.js';
import { type Route, withParams } from '../../router.js';
import { info } from '../../store/facts.js';
import { announce } from '../../ui/announce.js';
import { type Segmented, segmented } from '../../ui/button.js';
import { fill, h, setText } from '../../ui/dom.js';
import { HeatGrid } from '../../ui/heat-grid.js';
import { SidePanel } from '../../ui/side-panel.js';
import { emptyState, errorState, loadingState } from '../../ui/states.js';
import { marketChoice } from '../market-choice.js';
import type { View } from '../view.js';
import { monthFacts } from './month-facts.js';
import { STATES, countStates, filterRows, heatOf } from './rows.js';

/** What is there, month by month. */
export class CoverageView implements View {
  readonly element: HTMLElement;
  private readonly tools = h('div', { class: 'view-head' });
  private readonly legend = h('div', { class: 'legend-row', testid: 'coverage-legend' });
  private readonly frame = h('div', { class: 'with-side' });
  private readonly content = h('div', { class: 'heat-frame' });
  private readonly side = new SidePanel(this.frame, () => {
    navigate(withParams(currentRoute(), { symbol: null, of: null, month: null }));
  });
  private readonly grid = new HeatGrid({
    label: 'Months by symbol',
    testid: 'coverage-grid',
    onOpen: (row, column) => {
      this.open(row, column);
    },
  });
  private readonly filter = h('input', {
    class: 'input',
    testid: 'coverage-filter',
    attrs: {
      type: 'search',
      placeholder: 'Filter symbols',
      'aria-label': 'Filter symbols',
      spellcheck: 'false',
    },
    on: {
      input: () => {
        replaceRoute(withParams(currentRoute(), { q: this.filter.value }));
      },
    },
  });
  private types: Segmented<string> | null = null;
  private answer: CoverageAnswer | null = null;
  private rows: readonly CoverageRow[] = [];
  private months: readonly string[] = [];
  private loading: AbortController | null = null;
  private facts: AbortController | null = null;
  private shownMonth = '';
  private drawnWith = '';

  constructor() {
    this.frame.append(this.content, this.side.element);
    this.element = h(
      'section',
      { class: 'view', testid: 'view-coverage', attrs: { 'aria-labelledby': 'coverage-title' } },
      this.tools,
      this.legend,
      this.frame,
    );
    fill(this.tools, h('h1', { text: 'Coverage', attrs: { id: 'coverage-title' } }));
  }

  show(route: Route): void {
    const { market } = route.params;
    if (this.answer === null || (market !== undefined && market !== this.answer.market)) {
      void this.load(route);
      return;
    }
    this.draw(route);
  }

  dispose(): void {
    this.loading?.abort();
    this.facts?.abort();
  }

  private async load(route: Route): Promise<void> {
    this.loading?.abort();
    const loading = new AbortController();
    this.loading = loading;
    fill(this.content, loadingState('Loading coverage', [420]));
    try {
      const { symbols } = await info.get();
      const markets = [...new Set(symbols.map(({ market }) => market))];
      const market = route.params['market'] ?? markets[0];
      if (market === undefined) {
        fill(
          this.content,
          emptyState('No months yet', 'Nothing has been collected in this data folder.', [
            'tapemill collect BTCUSDT --start 2024-01 --end 2024-06',
          ]),
        );
        return;
      }
      this.answer = await api.coverage(market, loading.signal);
      if (loading.signal.aborted) return;
      this.buildTools(markets, market);
      this.drawnWith = '';
      fill(this.content, this.grid.element);
      this.draw(currentRoute());
    } catch (error) {
      if (isAborted(error) || loading.signal.aborted) return;
      info.forget();
      fill(
        this.content,
        errorState(error, () => void this.load(route)),
      );
    }
  }

  private buildTools(markets: readonly string[], market: string): void {
    const dataTypes = this.answer?.dataTypes ?? [];
    this.types = segmented(
      'Data type',
      [['all', 'All types'], ...dataTypes.map((type) => [type, type] as const)],
      (type) => {
        navigate(withParams(currentRoute(), { type: type === dataTypes[0] ? null : type }));
      },
      'coverage-type',
    );
    fill(
      this.tools,
      h('h1', { text: 'Coverage', attrs: { id: 'coverage-title' } }),
      marketChoice(markets, market, (chosen) => {
        navigate({ view: 'coverage', params: { market: chosen } });
      }),
      h('div', { class: 'scroll-x' }, this.types.element),
      h('span', { class: 'spacer' }),
      this.filter,
    );
  }

  private draw(route: Route): void {
    const { answer } = this;
    if (answer === null) return;
    const type = route.params['type'] ?? answer.dataTypes[0] ?? 'all';
    const typed = route.params['q'] ?? '';
    if (document.activeElement !== this.filter) this.filter.value = typed;
    this.types?.select(type);
    if (this.drawnWith !== `${type}\n${typed}`) {
      this.drawnWith = `${type}\n${typed}`;
      this.rows = filterRows(answer, type === 'all' ? null : type, typed);
      const data = heatOf(answer, this.rows, type !== 'all');
      this.months = data.months;
      this.grid.setData(data);
      this.drawLegend();
      announce(plural(this.rows.length, 'row'));
    }
    void this.showMonth(route);
  }

  private drawLegend(): void {
    const counts = countStates(this.rows);
    fill(
      this.legend,
      ...STATES.map(([state, text]) =>
        h(
          'span',
          {},
          h('i', { class: `swatch ${state}` }),
          `${text} ${state === 'expected-none' ? '' : `(${(counts.get(state) ?? 0).toLocaleString('en-US')})`}`,
        ),
      ),
      h('span', { text: 'Arrow keys move, Enter opens' }),
    );
  }

  private open(row: number, column: number): void {
    const { symbol, dataType } = this.rows[row]!;
    navigate(withParams(currentRoute(), { symbol, of: dataType, month: this.months[column]! }));
  }

  private async showMonth({ params }: Route): Promise<void> {
    const { symbol, of: dataType, month } = params;
    const wanted = [symbol, dataType, month].join('\n');
    if (wanted === this.shownMonth) return;
    this.shownMonth = wanted;
    this.facts?.abort();
    if (symbol === undefined || dataType === undefined || month === undefined) {
      if (this.side.isOpen) this.grid.focus();
      this.side.hide();
      return;
    }
    const facts = new AbortController();
    this.facts = facts;
    const row = this.rows.findIndex((one) => one.symbol === symbol && one.dataType === dataType);
    const title = `${symbol} ${dataType} ${month}`;
    this.side.show(title, loadingState('Loading facts', [60, 120, 200]));
    this.grid.select(row, this.months.indexOf(month));
    try {
      const answer = await api.month({ market: this.answer!.market, symbol, dataType, month }, facts.signal);
      this.side.show(title, this.exploreLink(symbol, month, this.rows[row]), ...monthFacts(answer));
      announce(`Facts of ${title}`);
    } catch (error) {
      if (isAborted(error) || facts.signal.aborted) return;
      if (error instanceof ApiFailure && error.code === 'E_NO_LAYER') {
        this.side.show(title, this.noFile(symbol, dataType, month));
        return;
      }
      this.side.show(
        title,
        errorState(error, () => {
          this.shownMonth = '';
          void this.showMonth(currentRoute());
        }),
      );
    }
  }

  private noFile(symbol: string, dataType: string, month: string): HTMLElement {
    const [type = '', interval] = dataType.split(':');
    const command = [
      `tapemill collect ${symbol} --start ${month} --end ${month}`,
      ...(this.answer?.market === 'um' ? [] : [`--market ${this.answer?.market ?? ''}`]),
      ...(type === 'aggTrades' ? [] : [`--data-type ${type}`]),
      ...(interval === undefined ? [] : [`--interval ${interval}`]),
    ].join(' ');
    // What was imported comes from files that only their owner knows.
    const commands = type.startsWith('import') ? [] : [command];
    return emptyState(
      'No file of this month',
      'The archive had nothing, or a collection failed at it.',
      commands,
    );
  }

  private exploreLink(symbol: string, month: string, row: CoverageRow | undefined): HTMLElement | null {
    if (row?.dataType !== 'aggTrades') return null;
    const link = h('a', { text: 'Explore this month', testid: 'explore-month' });
    link.href = `#/explore?market=${this.answer!.market}&symbol=${encodeURIComponent(symbol)}&from=${month}&to=${month}`;
    setText(link, `Explore ${symbol} in ${month}`);
    return h('p', {}, link);
  }
}
