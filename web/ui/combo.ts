import { fill, h } from './dom.js';

export interface ComboItem {
  readonly value: string;
  readonly text: string;
  /** A second line. */
  readonly note?: string;
  /** Lower case; what is typed is looked for in it. */
  readonly searched: string;
}

interface ComboOptions {
  readonly label: string;
  readonly placeholder?: string;
  readonly testid: string;
  readonly isWide?: boolean;
  /** What the field says when nothing is typed: the choice made last. */
  readonly keepsChoice: boolean;
  readonly onChoice: (value: string) => void;
}

const SHOWN = 60;
let count = 0;

/** A field with a list that narrows while one types: arrow keys, Enter, Escape. */
export class Combo {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  private readonly list: HTMLUListElement;
  private items: readonly ComboItem[] = [];
  private found: readonly ComboItem[] = [];
  private active = 0;
  private chosen = '';

  constructor(private readonly options: ComboOptions) {
    const id = `combo-${++count}`;
    this.list = h('ul', {
      class: `combo-list${options.isWide === true ? ' wide' : ''}`,
      testid: `${options.testid}-list`,
      attrs: { id, role: 'listbox', 'aria-label': options.label, hidden: true },
    });
    this.input = h('input', {
      class: 'input',
      testid: options.testid,
      attrs: {
        type: 'text',
        role: 'combobox',
        autocomplete: 'off',
        spellcheck: 'false',
        'aria-label': options.label,
        'aria-expanded': 'false',
        'aria-controls': id,
        'aria-autocomplete': 'list',
        placeholder: options.placeholder ?? null,
      },
      on: {
        focus: () => {
          this.input.select();
          this.open('');
        },
        input: () => {
          this.open(this.input.value);
        },
        blur: () => {
          this.close();
        },
        keydown: (event: KeyboardEvent) => {
          this.key(event);
        },
      },
    });
    this.element = h('div', { class: 'combo' }, this.input, this.list);
  }

  setItems(items: readonly ComboItem[]): void {
    this.items = items;
  }

  /** What is chosen, as the field shows it. */
  setChoice(text: string): void {
    this.chosen = text;
    if (document.activeElement !== this.input) this.input.value = text;
  }

  private open(typed: string): void {
    const words = typed
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const fits = this.items.filter(({ searched }) => words.every((word) => searched.includes(word)));
    // What begins with it comes first: BTCUSDT before 1000BTTCUSDT.
    const first = words[0] ?? '';
    this.found = [
      ...fits.filter(({ searched }) => searched.startsWith(first)),
      ...fits.filter(({ searched }) => !searched.startsWith(first)),
    ].slice(0, SHOWN);
    this.active = 0;
    fill(
      this.list,
      ...this.found.map((item, i) =>
        h(
          'li',
          {
            testid: `option-${item.value}`,
            attrs: { id: `${this.list.id}-${i}`, role: 'option', 'aria-selected': String(i === 0) },
            on: {
              // Before the field loses the focus.
              pointerdown: (event: PointerEvent) => {
                event.preventDefault();
                this.choose(item);
              },
            },
          },
          item.text,
          item.note === undefined ? null : h('small', { text: item.note }),
        ),
      ),
    );
    if (this.found.length === 0) {
      this.list.append(
        h('li', {
          class: 'combo-none',
          text: 'Nothing is called so',
          attrs: { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' },
        }),
      );
    }
    this.list.hidden = false;
    this.list.classList.remove('to-left');
    this.list.classList.toggle('to-left', this.list.getBoundingClientRect().right > innerWidth - 8);
    this.input.setAttribute('aria-expanded', 'true');
    this.mark();
  }

  private close(): void {
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
    this.input.value = this.options.keepsChoice ? this.chosen : '';
  }

  private choose(item: ComboItem): void {
    this.chosen = item.text;
    this.close();
    this.input.blur();
    this.options.onChoice(item.value);
  }

  private mark(): void {
    [...this.list.children].forEach((one, i) => {
      if (i < this.found.length) one.setAttribute('aria-selected', String(i === this.active));
    });
    const active = this.found.length > 0 ? this.list.children[this.active] : undefined;
    if (active) {
      this.input.setAttribute('aria-activedescendant', active.id);
      active.scrollIntoView({ block: 'nearest' });
    }
  }

  private key(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      if (this.list.hidden) this.open(this.input.value);
      else this.active = (this.active + step + this.found.length) % Math.max(1, this.found.length);
      this.mark();
    } else if (event.key === 'Enter') {
      const item = this.found[this.active];
      if (item && !this.list.hidden) this.choose(item);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      this.input.value = this.chosen;
      this.list.hidden = true;
      this.input.setAttribute('aria-expanded', 'false');
    }
  }
}
