import { fill, h } from './dom.js';
import type { HeatData } from './heat-data.js';

interface HeatOptions {
  readonly label: string;
  readonly testid: string;
  readonly onOpen: (row: number, column: number) => void;
}

const ROW = 20;
const HEAD = 24;
/** Rows drawn above and below what is seen. */
const SPARE = 8;
let count = 0;

/**
 * Rows × months, as a grid that is walked with the arrow keys and opened with Enter. Only rows that are seen are in the
 * document, so hundreds of rows cost no more than thirty.
 */
export class HeatGrid {
  readonly element: HTMLElement;
  private readonly id = `heat-${++count}`;
  private readonly scroller: HTMLElement;
  private readonly head = h('div', { class: 'heat-head', attrs: { role: 'row', 'aria-rowindex': 1 } });
  private readonly body = h('div', { class: 'heat-body', attrs: { role: 'rowgroup' } });
  private readonly said = h('p', { class: 'heat-said soft', testid: 'heat-said' });
  private readonly drawn = new Map<number, HTMLElement>();
  private data: HeatData = { months: [], rows: [], cell: () => null };
  private active: readonly [row: number, column: number] = [0, 0];

  constructor(private readonly options: HeatOptions) {
    this.scroller = h(
      'div',
      {
        class: 'heat',
        testid: options.testid,
        attrs: { role: 'grid', tabindex: 0, 'aria-label': options.label, 'aria-readonly': 'true' },
        on: {
          keydown: (event: KeyboardEvent) => {
            this.key(event);
          },
          focus: () => {
            this.mark();
          },
          scroll: () => {
            this.draw();
          },
          click: (event: MouseEvent) => {
            const at = placeOf(event);
            if (!at) return;
            this.move(at);
            this.open();
          },
          pointermove: (event: PointerEvent) => {
            const at = placeOf(event);
            if (at) this.say(at);
          },
          pointerleave: () => {
            this.say(this.active);
          },
        },
      },
      h('div', { class: 'heat-top', attrs: { role: 'rowgroup' } }, this.head),
      this.body,
    );
    this.element = h('div', { class: 'heat-frame' }, this.scroller, this.said);
    new ResizeObserver(() => {
      this.draw();
    }).observe(this.scroller);
  }

  setData(data: HeatData): void {
    const hadOther = data.months.length !== this.data.months.length;
    this.data = data;
    const { months, rows } = data;
    this.drawn.clear();
    fill(this.body);
    this.element.style.setProperty('--months', String(months.length));
    this.body.style.height = `${rows.length * ROW}px`;
    this.scroller.setAttribute('aria-rowcount', String(rows.length + 1));
    this.scroller.setAttribute('aria-colcount', String(months.length + 1));
    fill(
      this.head,
      h('span', { class: 'heat-name', attrs: { role: 'columnheader' }, text: `${rows.length} rows` }),
      ...yearHeads(months),
    );
    // The newest months are what one looks for.
    if (hadOther) this.scroller.scrollLeft = this.scroller.scrollWidth;
    const [row, column] = this.active;
    this.active = [
      Math.max(0, Math.min(row, rows.length - 1)),
      Math.max(0, hadOther ? months.length - 1 : Math.min(column, months.length - 1)),
    ];
    this.draw();
    this.mark();
  }

  /** Moves to a square, as if one had walked there. */
  select(row: number, column: number): void {
    if (row < 0 || column < 0) return;
    this.move([row, column]);
  }

  focus(): void {
    this.scroller.focus({ preventScroll: true });
  }

  private draw(): void {
    const { rows } = this.data;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - SPARE);
    const last = Math.min(
      rows.length,
      Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / ROW) + SPARE,
    );
    for (const [i, element] of this.drawn) {
      if (i >= first && i < last) continue;
      element.remove();
      this.drawn.delete(i);
    }
    for (let i = first; i < last; i++) {
      if (this.drawn.has(i)) continue;
      const element = this.row(i);
      this.drawn.set(i, element);
      this.body.append(element);
    }
    this.markActive();
  }

  private row(i: number): HTMLElement {
    const { key, label, note } = this.data.rows[i]!;
    return h(
      'div',
      {
        class: 'heat-row',
        testid: `heat-row-${key}`,
        attrs: { role: 'row', 'aria-rowindex': i + 2 },
        style: { top: `${i * ROW}px` },
      },
      h(
        'span',
        { class: 'heat-name', attrs: { role: 'rowheader' } },
        h('b', { text: label }),
        note === '' ? null : h('i', { text: note }),
      ),
      ...this.data.months.map((month, column) => this.square(i, column, `${key}-${month}`)),
    );
  }

  private square(row: number, column: number, key: string): HTMLElement {
    const cell = this.data.cell(row, column);
    const share = cell?.share ?? null;
    return h('span', {
      class: `heat-cell ${cell?.look ?? 'expected-none'}`,
      testid: `heat-cell-${key}`,
      attrs: {
        role: 'gridcell',
        id: this.cellId(row, column),
        'aria-colindex': column + 2,
        'aria-label': cell?.text ?? 'nothing expected',
        'data-at': `${row},${column}`,
      },
      ...(share === null ? {} : { style: { '--share': `${Math.round(share * 100)}%` } }),
    });
  }

  private cellId(row: number, column: number): string {
    return `${this.id}-${row}-${column}`;
  }

  private key(event: KeyboardEvent): void {
    const [row, column] = this.active;
    const page = Math.max(1, Math.floor((this.scroller.clientHeight - HEAD) / ROW) - 1);
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      PageUp: [row - page, column],
      PageDown: [row + page, column],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? Infinity : row, Infinity],
    };
    const to = moves[event.key];
    if (to) {
      event.preventDefault();
      this.move(to);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.open();
    }
  }

  private move([row, column]: readonly [number, number]): void {
    const { rows, months } = this.data;
    const clamp = (value: number, length: number): number => Math.max(0, Math.min(length - 1, value));
    this.active = [clamp(row, rows.length), clamp(column, months.length)];
    this.bring();
    this.mark();
  }

  private open(): void {
    const [row, column] = this.active;
    if (this.data.cell(row, column) !== null) this.options.onOpen(row, column);
  }

  /** Scrolls so that the active square is neither below the names nor outside. */
  private bring(): void {
    const [row] = this.active;
    const { scroller } = this;
    const top = row * ROW;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    const room = scroller.clientHeight - HEAD - ROW;
    if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
    this.draw();
    const cell = document.getElementById(this.cellId(...this.active));
    const name = this.head.firstElementChild;
    if (!cell || !name) return;
    const left = cell.offsetLeft - name.getBoundingClientRect().width;
    if (left < scroller.scrollLeft) scroller.scrollLeft = left;
    const right = cell.offsetLeft + cell.offsetWidth - scroller.clientWidth;
    if (right > scroller.scrollLeft) scroller.scrollLeft = right;
  }

  private mark(): void {
    this.markActive();
    this.say(this.active);
  }

  private markActive(): void {
    this.body.querySelector('.is-active')?.classList.remove('is-active');
    const cell = document.getElementById(this.cellId(...this.active));
    cell?.classList.add('is-active');
    if (cell) this.scroller.setAttribute('aria-activedescendant', cell.id);
    else this.scroller.removeAttribute('aria-activedescendant');
  }

  private say([row, column]: readonly [number, number]): void {
    const cell = this.data.rows.length > 0 ? this.data.cell(row, column) : null;
    const name = this.data.rows[row];
    this.said.textContent =
      cell?.text ??
      (name ? `${name.label} ${name.note} ${this.data.months[column] ?? ''}: nothing expected` : ' ');
  }
}

function placeOf(event: Event): readonly [number, number] | null {
  const at = event.target instanceof HTMLElement ? event.target.dataset['at'] : undefined;
  if (at === undefined) return null;
  const [row = 0, column = 0] = at.split(',').map(Number);
  return [row, column];
}

/** One heading a year, as wide as its months. */
function yearHeads(months: readonly string[]): HTMLElement[] {
  const years = new Map<string, number>();
  for (const month of months) years.set(month.slice(0, 4), (years.get(month.slice(0, 4)) ?? 0) + 1);
  // A year of two months has no room for its name, but for the last one, beside which nothing stands.
  const last = [...years.keys()].at(-1);
  return Array.from(years, ([year, length]) =>
    h('span', {
      class: year === last ? 'heat-year heat-year-last' : 'heat-year',
      text: length >= 3 || year === last ? year : '',
      attrs: { role: 'columnheader', 'aria-colspan': length, 'aria-label': year },
      style: { '--span': String(length) },
    }),
  );
}
