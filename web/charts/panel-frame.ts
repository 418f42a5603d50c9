import { iconButton } from '../ui/button.js';
import { h, setText } from '../ui/dom.js';
import type { PanelMode } from './panel-tokens.js';
import type { PanelSpec } from './panel-specs.js';
import { type PanelFrame, PlotPanel } from './plot-panel.js';

export interface PanelActions {
  readonly onMove: (id: string, by: -1 | 1) => void;
  readonly onRemove: (id: string) => void;
  readonly onMode: (id: string, mode: PanelMode) => void;
}

/** A panel with its heading: what it is, the values at the cursor, and what can be done with it. */
export class PanelFrameView {
  readonly element: HTMLElement;
  readonly plot: PlotPanel;
  spec: PanelSpec;
  private readonly up: HTMLButtonElement;
  private readonly down: HTMLButtonElement;
  private readonly mode: HTMLButtonElement;

  constructor(spec: PanelSpec, actions: PanelActions, frame: PanelFrame) {
    this.spec = spec;
    this.plot = new PlotPanel(spec, frame);
    const { id, title } = spec;
    this.up = iconButton(
      'up',
      `Move ${title} up`,
      () => {
        actions.onMove(id, -1);
      },
      `panel-up-${id}`,
    );
    this.down = iconButton(
      'down',
      `Move ${title} down`,
      () => {
        actions.onMove(id, 1);
      },
      `panel-down-${id}`,
    );
    this.mode = h('button', {
      class: 'button quiet mode',
      testid: `panel-mode-${id}`,
      attrs: { type: 'button' },
      on: {
        click: () => {
          actions.onMode(id, this.spec.mode === 'sum' ? 'bar' : 'sum');
        },
      },
    });
    const remove = iconButton(
      'close',
      `Remove ${title}`,
      () => {
        actions.onRemove(id);
      },
      `panel-remove-${id}`,
    );
    this.element = h(
      'section',
      { class: 'panel', testid: `panel-${id}`, attrs: { 'aria-label': title } },
      h(
        'div',
        { class: 'panel-head' },
        h('h2', { text: title, class: spec.definition === null ? '' : 'mono' }),
        spec.unit === null ? null : h('small', { class: 'soft', text: spec.unit, testid: 'panel-unit' }),
        this.mode,
        this.plot.legend,
        h('div', { class: 'panel-tools' }, this.up, this.down, remove),
      ),
      definitionLine(spec),
      this.plot.host,
    );
  }

  setPlace(spec: PanelSpec, index: number, count: number): void {
    this.spec = spec;
    this.up.disabled = index === 0;
    this.down.disabled = index === count - 1;
    this.mode.hidden = spec.mode === null;
    setText(this.mode, spec.mode === 'sum' ? 'running sum' : 'per bar');
    this.mode.title =
      spec.mode === 'sum'
        ? 'Summed up since the first bar that there is. Show each bar'
        : 'Show the running sum';
  }

  destroy(): void {
    this.plot.destroy();
    this.element.remove();
  }
}

/** Formula and unit of a factor, beside what it draws. */
function definitionLine({ definition }: PanelSpec): HTMLElement | null {
  if (definition === null) return null;
  const { formula, unit, whenNull, family, source } = definition;
  return h(
    'p',
    { class: 'panel-definition', testid: 'panel-definition' },
    h('span', { text: formula }),
    ` · unit ${unit} · ${family} · ${source}`,
    whenNull === null ? null : ` · empty when ${whenNull}`,
  );
}
