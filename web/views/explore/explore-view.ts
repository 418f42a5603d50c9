import type { ColumnInfo, InfoAnswer, SeriesAnswer, SymbolInfo } from '../../api-types.js';
import { ChartStack } from '../../charts/chart-stack.js';
import { type PanelSpec, columnsOf, panelSpec } from '../../charts/panel-specs.js';
import { addPanel, formatPanels, movePanel, parsePanels, removePanel } from '../../charts/panel-tokens.js';
import { download, pictureOf } from '../../charts/save-image.js';
import { PRESETS, type Preset, type Span, pan, presetSpan, zoom } from '../../charts/time-window.js';
import { instantText } from '../../format/time.js';
import { currentRoute, navigate, replaceRoute } from '../../navigation.js';
import { type Route, withParams } from '../../router.js';
import { columns, info } from '../../store/facts.js';
import { SeriesStore } from '../../store/series-store.js';
import { onTheme } from '../../theme.js';
import { announce, copyText, toast } from '../../ui/announce.js';
import { fill, h, setText } from '../../ui/dom.js';
import { emptyState, errorState, loadingState } from '../../ui/states.js';
import type { View } from '../view.js';
import { frequencyOf, spanOf, spanParams, symbolOf } from './explore-state.js';
import { Toolbar } from './toolbar.js';

const MOST_COLUMNS = 32;
/** CSS pixels that a bar takes at least, unless a length was chosen. */
const BAR_ROOM = 1.6;
/** Seen at once; with the margins on both sides three times as many are asked for. */
const MOST_BARS = 1600;
const ADDRESS_PAUSE_MS = 250;

/** Series of one symbol, in panels with one time axis. */
export class ExploreView implements View {
  readonly element: HTMLElement;
  private readonly stack: ChartStack;
  private readonly toolbar: Toolbar;
  private readonly store: SeriesStore;
  private readonly line = h('div', { class: 'explore-line', testid: 'explore-line' });
  private readonly about = h('span', { testid: 'explore-about' });
  private readonly cursor = h('span', { class: 'cursor-time', testid: 'cursor-time' });
  private readonly loading = h('span', {
    class: 'loading-dot',
    text: 'loading',
    testid: 'series-loading',
    attrs: { hidden: true },
  });
  private readonly place = h('div', { class: 'explore-place' });
  private readonly errorPlace = h('div', {});
  private readonly forgetTheme: () => void;
  private facts: { readonly info: InfoAnswer; readonly columns: ReadonlyMap<string, ColumnInfo> } | null =
    null;
  private symbol: SymbolInfo | null = null;
  private seen: Span = { from: 0, to: 1 };
  /** Where a double click goes back to. */
  private home: Span = { from: 0, to: 1 };
  private panels: readonly PanelSpec[] = [];
  private drawnPanels = '';
  private isWriting = false;
  private shownRange = '';
  private isReady = false;
  private isGone = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor() {
    this.stack = new ChartStack({
      onPan: (byMs) => {
        this.move(pan(this.seen, byMs, this.bounds));
      },
      onZoom: (factor, aroundMs) => {
        this.move(zoom(this.seen, factor, aroundMs, this.bounds));
      },
      onSelect: ({ from, to }) => {
        this.go(zoom({ from, to }, 1, from, this.bounds));
      },
      onReset: () => {
        this.move(this.home);
      },
      onResize: () => {
        this.want();
      },
      onCursor: (startMs) => {
        setText(this.cursor, startMs === null ? '' : instantText(startMs));
      },
      onMove: (id, by) => {
        this.setTokens((tokens) => movePanel(tokens, id, by));
      },
      onRemove: (id) => {
        this.setTokens((tokens) => removePanel(tokens, id));
      },
      onMode: (id, mode) => {
        this.setTokens((tokens) => tokens.map((token) => (token.id === id ? { id, mode } : token)));
      },
    });
    this.toolbar = new Toolbar({
      onSymbol: (market, symbol) => {
        const found = this.facts?.info.symbols.find((one) => one.market === market && one.symbol === symbol);
        const overlaps = found && found.startMs < this.seen.to && found.endMs > this.seen.from;
        navigate(
          withParams(currentRoute(), { market, symbol, ...(overlaps ? {} : { from: null, to: null }) }),
        );
      },
      onRange: (from, to) => {
        navigate(withParams(currentRoute(), { from, to }));
      },
      onPreset: (preset) => {
        this.go(presetSpan(preset, this.bounds));
      },
      onFrequency: (freq) => {
        navigate(withParams(currentRoute(), { freq: freq === 'auto' ? null : freq }));
      },
      onAdd: (id) => {
        this.add(id);
      },
      onCopy: () => {
        this.writeAddress();
        void copyText(location.href, 'Link');
      },
      onSave: () => void this.save(),
    });
    this.store = new SeriesStore({
      onAnswer: (answer) => {
        this.take(answer);
      },
      onLoading: (isLoading) => {
        this.loading.hidden = !isLoading;
      },
      onError: (error) => {
        fill(
          this.errorPlace,
          errorState(error, () => {
            this.store.retry();
          }),
        );
      },
    });
    this.forgetTheme = onTheme(() => {
      this.stack.repaint();
    });
    fill(this.line, this.about, this.loading, h('span', { class: 'spacer' }), this.cursor);
    fill(this.place, loadingState('Loading', [286, 140, 140]));
    this.element = h(
      'section',
      { class: 'view explore', testid: 'view-explore', attrs: { 'aria-labelledby': 'explore-title' } },
      h('h1', { class: 'visually-hidden', text: 'Explore', attrs: { id: 'explore-title' } }),
      this.toolbar.element,
      this.line,
      this.errorPlace,
      this.place,
    );
  }

  show(route: Route): void {
    if (this.facts === null) {
      void this.begin();
      return;
    }
    // What a movement writes is shown already.
    if (this.isWriting) return;
    const { params } = route;
    const symbol = symbolOf(this.facts.info, params);
    this.toolbar.element.hidden = this.facts.info.symbols.length === 0;
    if (symbol === null) {
      this.isReady = false;
      fill(this.place, this.nothing(params['symbol']));
      return;
    }
    this.symbol = symbol;
    const range = `${symbol.market} ${symbol.symbol} ${rangeOf(params)}`;
    if (range !== this.shownRange) {
      this.seen = spanOf(params, symbol);
      this.home = this.seen;
      this.shownRange = range;
    }
    const severalMarkets = new Set(this.facts.info.symbols.map(({ market }) => market)).size > 1;
    this.toolbar.setChoice(symbol, frequencyOf(params), severalMarkets);
    if (!this.isReady) fill(this.place, this.stack.element);
    this.isReady = true;
    this.drawPanels(params['panels']);
    this.showSpan();
    this.want();
  }

  dispose(): void {
    this.isGone = true;
    this.store.dispose();
    this.forgetTheme();
    this.stack.dispose();
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private get bounds(): Span {
    return { from: this.symbol?.startMs ?? 0, to: this.symbol?.endMs ?? 1 };
  }

  private async begin(): Promise<void> {
    try {
      const [about, all] = await Promise.all([info.get(), columns.get()]);
      if (this.isGone) return;
      this.facts = { info: about, columns: new Map(all.columns.map((column) => [column.name, column])) };
      this.toolbar.setSymbols(about.symbols);
      this.toolbar.setColumns(all.columns);
      this.show(currentRoute());
    } catch (error) {
      fill(
        this.place,
        errorState(error, () => {
          fill(this.place, loadingState('Loading', [286, 140, 140]));
          void this.begin();
        }),
      );
    }
  }

  private nothing(symbol: string | undefined): HTMLElement {
    return symbol === undefined
      ? emptyState('Nothing to explore yet', 'Nothing has been collected in this data folder.', [
          'tapemill collect BTCUSDT --start 2024-01 --end 2024-06',
        ])
      : emptyState(`There is no ${symbol}`, 'It has no month of any data type in this data folder.', [
          `tapemill collect ${symbol}`,
        ]);
  }

  private drawPanels(text: string | undefined): void {
    if (this.facts === null) return;
    const known = this.facts.columns;
    const tokens = parsePanels(text);
    this.panels = tokens.flatMap((token) => panelSpec(token, known) ?? []);
    const unknown = tokens.filter((token) => panelSpec(token, known) === null);
    if (unknown.length > 0) toast(`No such panel: ${unknown.map(({ id }) => id).join(', ')}`);
    const wanted = formatPanels(tokens);
    if (wanted === this.drawnPanels) return;
    this.drawnPanels = wanted;
    this.stack.setPanels(this.panels);
  }

  private setTokens(
    change: (tokens: ReturnType<typeof parsePanels>) => ReturnType<typeof parsePanels>,
  ): void {
    const tokens = change(parsePanels(currentRoute().params['panels']));
    this.writeAddress();
    navigate(withParams(currentRoute(), { panels: formatPanels(tokens) }));
  }

  private add(id: string): void {
    const spec = this.facts ? panelSpec({ id, mode: null }, this.facts.columns) : null;
    if (!spec) return;
    if (columnsOf([...this.panels, spec]).length > MOST_COLUMNS) {
      toast(`At most ${MOST_COLUMNS} columns at a time: remove a panel first`);
      return;
    }
    this.setTokens((tokens) => addPanel(tokens, id));
    this.stack.element.querySelector(`[data-testid="panel-${id}"]`)?.scrollIntoView({ block: 'nearest' });
    announce(`${spec.title} added`);
  }

  /** Another range, that one can go back from. */
  private go(span: Span): void {
    this.writeAddress();
    navigate(withParams(currentRoute(), spanParams(span)));
  }

  /** A movement: drawn with the next frame, in the address when it has come to rest. */
  private move(span: Span): void {
    if (!this.isReady) return;
    this.seen = span;
    this.showSpan();
    this.want();
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.writeAddress();
    }, ADDRESS_PAUSE_MS);
  }

  private writeAddress(): void {
    if (this.timer === null || this.symbol === null) return;
    clearTimeout(this.timer);
    this.timer = null;
    const { market, symbol } = this.symbol;
    const range = spanParams(this.seen);
    this.shownRange = `${market} ${symbol} ${rangeOf(range)}`;
    this.isWriting = true;
    replaceRoute(withParams(currentRoute(), { market, symbol, ...range }));
    this.isWriting = false;
  }

  private showSpan(): void {
    const { bounds, seen } = this;
    const preset = PRESETS.map(([name]) => name).find((name: Preset) => {
      const span = presetSpan(name, bounds);
      return Math.abs(span.from - seen.from) < 60_000 && Math.abs(span.to - seen.to) < 60_000;
    });
    this.toolbar.setSpan(seen, preset ?? null);
    this.stack.setSeen(seen);
  }

  private want(): void {
    if (!this.isReady || this.symbol === null || this.panels.length === 0) return;
    const freq = frequencyOf(currentRoute().params);
    this.store.want({
      market: this.symbol.market,
      symbol: this.symbol.symbol,
      columns: columnsOf(this.panels),
      freq,
      seen: this.seen,
      bounds: this.bounds,
      bars: freq === 'auto' ? Math.min(MOST_BARS, Math.floor(this.stack.plotWidth / BAR_ROOM)) : MOST_BARS,
    });
  }

  private take(answer: SeriesAnswer): void {
    fill(this.errorPlace);
    this.stack.setAnswer(answer);
    const wished = frequencyOf(currentRoute().params);
    const note = wished !== 'auto' && wished !== answer.freq ? `; ${wished} needs a shorter range` : '';
    setText(this.about, `${answer.symbol} ${answer.market} · bars of ${answer.freq}${note}`);
  }

  private async save(): Promise<void> {
    if (this.symbol === null) return;
    const { from, to } = spanParams(this.seen);
    const name = `${this.symbol.symbol} ${this.symbol.market}`;
    const blob = await pictureOf({
      title: name,
      subtitle: `${from.replace('T', ' ')} to ${to.replace('T', ' ')} UTC · ${this.about.textContent} · tapemill ${this.facts?.info.version ?? ''}`,
      panels: this.stack.shown,
      axis: this.stack.axis.canvas,
    });
    if (blob) download(blob, `${name} ${from} ${to}.png`.replaceAll(' ', '_').replaceAll(':', ''));
    toast(blob ? 'Image saved' : 'The browser could not make the image');
  }
}

function rangeOf({ from, to }: { readonly from?: string; readonly to?: string }): string {
  return `${from ?? ''} ${to ?? ''}`;
}
