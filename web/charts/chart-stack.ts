import uPlot from '/vendor/uPlot.esm.js';
import type { SeriesAnswer } from '../api-types.js';
import { instantText } from '../format/time.js';
import { announce } from '../ui/announce.js';
import { h } from '../ui/dom.js';
import { listenToGestures } from './gestures.js';
import { forgetPalette } from './palette.js';
import type { PanelData } from './panel-data.js';
import { panelData } from './panel-data.js';
import { type PanelActions, PanelFrameView } from './panel-frame.js';
import type { PanelSpec } from './panel-specs.js';
import { AXIS_WIDTH } from './plot-panel.js';
import { TimeAxis } from './time-axis.js';
import { type TimeTick, timeTicks } from './time-ticks.js';
import type { Span } from './time-window.js';

export interface StackTargets extends PanelActions {
  readonly onPan: (byMs: number) => void;
  readonly onZoom: (factor: number, aroundMs: number) => void;
  readonly onSelect: (span: Span) => void;
  readonly onReset: () => void;
  /** Width of the plots in CSS pixels has changed. */
  readonly onResize: () => void;
  /** Start of the bar at the cursor; null: nowhere. */
  readonly onCursor: (startMs: number | null) => void;
}

const SYNC_KEY = 'tapemill';
const TICK_ROOM = 86;

/** Panels above each other with one time axis. It draws what it is told at most once a frame. */
export class ChartStack {
  readonly element = h('div', {
    class: 'stack',
    testid: 'chart-stack',
    attrs: {
      tabindex: 0,
      role: 'group',
      'aria-label':
        'Charts. Arrow keys pan, plus and minus zoom, brackets move the cursor by a bar, 0 goes back.',
    },
  });
  readonly axis = new TimeAxis();
  private readonly panels = new Map<string, PanelFrameView>();
  private readonly data = new Map<string, PanelData>();
  private readonly ending = new AbortController();
  private readonly resizes: ResizeObserver;
  private order: readonly PanelSpec[] = [];
  private answer: SeriesAnswer | null = null;
  private seen: Span = { from: 0, to: 1 };
  private ticks: readonly TimeTick[] = [];
  private frame: number | null = null;
  private width = 0;
  private cursor: number | null = null;

  constructor(private readonly targets: StackTargets) {
    this.element.append(this.axis.canvas);
    const at = (share: number): number => this.seen.from + share * (this.seen.to - this.seen.from);
    listenToGestures(
      this.element,
      {
        onPan: (share) => {
          targets.onPan(share * (this.seen.to - this.seen.from));
        },
        onZoom: (factor, share) => {
          targets.onZoom(factor, at(share));
        },
        onSelect: (from, to) => {
          targets.onSelect({ from: at(from), to: at(to) });
        },
        onReset: targets.onReset,
        onStep: (bars) => {
          this.step(bars);
        },
      },
      this.ending.signal,
    );
    this.resizes = new ResizeObserver(() => {
      if (this.element.clientWidth === this.width) return;
      this.width = this.element.clientWidth;
      this.schedule();
      targets.onResize();
    });
    this.resizes.observe(this.element);
  }

  /** Of the plots, without their axis. */
  get plotWidth(): number {
    return Math.max(100, (this.width || this.element.clientWidth) - AXIS_WIDTH);
  }

  get shown(): readonly PanelFrameView[] {
    return this.order.flatMap(({ id }) => this.panels.get(id) ?? []);
  }

  setPanels(specs: readonly PanelSpec[]): void {
    this.order = specs;
    for (const [id, panel] of this.panels) {
      const spec = specs.find((one) => one.id === id);
      if (spec?.drawing === panel.spec.drawing) continue;
      panel.destroy();
      this.panels.delete(id);
      this.data.delete(id);
    }
    specs.forEach((spec, i) => {
      const panel = this.panels.get(spec.id) ?? this.make(spec);
      panel.setPlace(spec, i, specs.length);
      const before = this.element.children[i];
      if (before !== panel.element) this.element.insertBefore(panel.element, before ?? null);
    });
    if (this.answer) this.setAnswer(this.answer);
    this.schedule();
  }

  setSeen(seen: Span): void {
    this.seen = seen;
    this.schedule();
  }

  setAnswer(answer: SeriesAnswer): void {
    const isOther = this.answer?.symbol !== answer.symbol || this.answer.market !== answer.market;
    if (isOther) this.data.clear();
    this.answer = answer;
    for (const { spec, plot } of this.shown) {
      // A column that was not asked for yet keeps its place empty until the next answer.
      if (spec.series.some(({ column }) => !(column in answer.columns) && !(column in answer.missing)))
        continue;
      const data = panelData(spec, answer, this.data.get(spec.id) ?? null);
      this.data.set(spec.id, data);
      plot.setData(spec, data);
    }
  }

  /** After the theme has changed. */
  repaint(): void {
    forgetPalette();
    for (const { plot } of this.shown) plot.plot.redraw(false, true);
    this.schedule();
  }

  dispose(): void {
    this.ending.abort();
    this.resizes.disconnect();
    if (this.frame !== null) cancelAnimationFrame(this.frame);
    for (const panel of this.panels.values()) panel.destroy();
  }

  private make(spec: PanelSpec): PanelFrameView {
    const { from, to } = this.seen;
    const panel = new PanelFrameView(spec, this.targets, {
      width: this.plotWidth + AXIS_WIDTH,
      height: this.heightOf(spec),
      min: from / 1000,
      max: to / 1000,
      splits: () => this.ticks.map(({ ms }) => ms / 1000),
      syncKey: SYNC_KEY,
      onCursor: (index) => {
        panel.plot.showValues(index);
        this.hear(index);
      },
    });
    this.panels.set(spec.id, panel);
    return panel;
  }

  private heightOf({ isTall }: PanelSpec): number {
    const isSmall = this.width < 640;
    return isTall ? (isSmall ? 210 : 260) : isSmall ? 96 : 116;
  }

  private schedule(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  private draw(): void {
    const { from, to } = this.seen;
    const width = this.plotWidth + AXIS_WIDTH;
    this.ticks = timeTicks(from, to, Math.floor(this.plotWidth / TICK_ROOM));
    for (const { spec, plot } of this.shown) {
      plot.setSize(width, this.heightOf(spec));
      plot.setRange(from / 1000, to / 1000);
      if (this.cursor === null) plot.showValues(null);
    }
    this.axis.draw(width, this.seen, this.ticks);
  }

  private hear(index: number | null): void {
    this.cursor = index;
    const start = index === null ? undefined : this.answer?.t[index];
    this.targets.onCursor(start === undefined ? null : start * 1000);
  }

  /** Moves the cursor by a bar, from the middle when it is nowhere. */
  private step(bars: -1 | 1): void {
    const first = this.shown[0]?.plot.plot;
    const x = first?.data[0];
    if (!first || !x || !this.answer || x.length < 2) return;
    const { min = 0, max = 1 } = first.scales['x']!;
    const now = this.cursor ?? first.valToIdx((min + max) / 2);
    const at = Math.max(0, Math.min(x.length - 1, now + bars));
    const left = first.valToPos(x[at]!, 'x');
    for (const { plot } of this.shown) plot.plot.setCursor({ left, top: 10 });
    const start = this.answer.t[at];
    const texts = this.shown[0]!.plot.legendTexts().map(({ text }) => text);
    if (start !== undefined) announce(`${instantText(start * 1000)}: ${texts.join(', ')}`);
  }
}

// Panels are told of each other's cursors by their key; nothing else is shared.
uPlot.sync(SYNC_KEY);
