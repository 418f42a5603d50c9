import type { ColumnInfo, SymbolInfo } from '../../api-types.js';
import { BUILT_IN } from '../../charts/panel-specs.js';
import { type Frequency, LADDER, PRESETS, type Preset, type Span } from '../../charts/time-window.js';
import { parseInstant, parseRangeEnd } from '../../format/time.js';
import { button, segmented } from '../../ui/button.js';
import { Combo } from '../../ui/combo.js';
import { h } from '../../ui/dom.js';
import { spanParams } from './explore-state.js';

interface ToolbarTargets {
  readonly onSymbol: (market: string, symbol: string) => void;
  readonly onRange: (from: string, to: string) => void;
  readonly onPreset: (preset: Preset) => void;
  readonly onFrequency: (freq: Frequency | 'auto') => void;
  readonly onAdd: (id: string) => void;
  readonly onCopy: () => void;
  readonly onSave: () => void;
}

/** Everything above the charts. */
export class Toolbar {
  readonly element: HTMLElement;
  private readonly symbols: Combo;
  private readonly factors: Combo;
  private readonly from: HTMLInputElement;
  private readonly to: HTMLInputElement;
  private readonly presets: ReturnType<typeof segmented<Preset>>;
  private readonly frequency: HTMLSelectElement;

  constructor(private readonly targets: ToolbarTargets) {
    this.symbols = new Combo({
      label: 'Symbol',
      testid: 'symbol-picker',
      keepsChoice: true,
      onChoice: (value) => {
        const [market = '', symbol = ''] = value.split('/');
        targets.onSymbol(market, symbol);
      },
    });
    this.factors = new Combo({
      label: 'Add a panel',
      placeholder: 'Add a panel …',
      testid: 'add-panel',
      isWide: true,
      keepsChoice: false,
      onChoice: targets.onAdd,
    });
    this.from = this.timeInput('From', 'range-from');
    this.to = this.timeInput('To, inclusive', 'range-to');
    this.presets = segmented(
      'Range',
      PRESETS.map(([name]) => [name, name] as const),
      targets.onPreset,
      'preset',
    );
    this.frequency = h(
      'select',
      {
        class: 'select',
        testid: 'frequency',
        attrs: { 'aria-label': 'Length of bars' },
        on: {
          change: () => {
            targets.onFrequency(this.frequency.value as Frequency | 'auto');
          },
        },
      },
      h('option', { text: 'auto', attrs: { value: 'auto' } }),
      ...LADDER.map(([name]) => h('option', { text: name, attrs: { value: name } })),
    );
    this.element = h(
      'div',
      { class: 'explore-tools', testid: 'explore-tools' },
      this.symbols.element,
      h('div', { class: 'field range' }, this.from, h('span', { text: 'to' }), this.to),
      this.presets.element,
      h('label', { class: 'field' }, h('span', { text: 'Bars' }), this.frequency),
      this.factors.element,
      h('span', { class: 'spacer' }),
      button('Copy link', targets.onCopy, { icon: 'link', testid: 'copy-link' }),
      button('Save image', targets.onSave, { icon: 'image', testid: 'save-image' }),
    );
  }

  setSymbols(symbols: readonly SymbolInfo[]): void {
    const several = new Set(symbols.map(({ market }) => market)).size > 1;
    this.symbols.setItems(
      symbols.map(({ market, symbol, dataTypes }) => ({
        value: `${market}/${symbol}`,
        text: several ? `${symbol} ${market}` : symbol,
        note: dataTypes.join(', '),
        searched: `${symbol} ${market}`.toLowerCase(),
      })),
    );
  }

  setColumns(columns: readonly ColumnInfo[]): void {
    this.factors.setItems([
      ...Object.entries(BUILT_IN).map(([id, { title }]) => ({
        value: id,
        text: title,
        note: 'built in',
        searched: title.toLowerCase(),
      })),
      ...columns.map(({ name, family, unit, formula }) => ({
        value: name,
        text: name,
        note: `${formula} · ${unit} · ${family}`,
        searched: `${name} ${family} ${formula}`.toLowerCase(),
      })),
    ]);
  }

  setChoice({ market, symbol }: SymbolInfo, freq: Frequency | 'auto', severalMarkets: boolean): void {
    this.symbols.setChoice(severalMarkets ? `${symbol} ${market}` : symbol);
    this.frequency.value = freq;
  }

  setSpan(span: Span, preset: Preset | null): void {
    const { from, to } = spanParams(span);
    if (document.activeElement !== this.from) this.put(this.from, from);
    if (document.activeElement !== this.to) this.put(this.to, to);
    this.presets.select(preset);
  }

  private put(input: HTMLInputElement, text: string): void {
    const value = text.replace('T', ' ');
    if (input.value !== value) input.value = value;
    input.removeAttribute('aria-invalid');
  }

  private timeInput(label: string, testid: string): HTMLInputElement {
    return h('input', {
      class: 'input time',
      testid,
      attrs: {
        type: 'text',
        'aria-label': `${label}, UTC`,
        title: `${label}: YYYY-MM, YYYY-MM-DD or YYYY-MM-DD HH:MM, UTC`,
        spellcheck: 'false',
        autocomplete: 'off',
      },
      on: {
        change: () => {
          this.take();
        },
      },
    });
  }

  private take(): void {
    const from = parseInstant(this.from.value);
    const to = parseRangeEnd(this.to.value);
    this.from.setAttribute('aria-invalid', String(from === null));
    this.to.setAttribute('aria-invalid', String(to === null || (from !== null && to <= from)));
    if (from === null || to === null || to <= from) return;
    this.targets.onRange(this.from.value.trim().replace(' ', 'T'), this.to.value.trim().replace(' ', 'T'));
  }
}
