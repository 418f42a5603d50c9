import { type Period, daysOfMonth } from '../time/index.js';
import { escapeXml } from './page.js';

/** As wide as a phone, so that its text keeps its size there; wider screens show it larger. */
export const WIDTH = 340;

/** One day of a calendar. */
export interface DayCell {
  /** Of the style sheet: `--good` and so on. */
  readonly colour: string;
  /** Shown when it is pointed at. */
  readonly title: string;
}

/** A row for each month, a square for each day; days without a cell are empty. */
export function calendar(
  months: readonly Period[],
  cells: ReadonlyMap<string, DayCell>,
  label: string,
): string {
  const left = 44;
  const size = (WIDTH - left) / 31;
  const top = 12;
  const head = [1, 5, 10, 15, 20, 25, 30].map((day) =>
    text(left + (day - 0.5) * size, 9, String(day), 'middle'),
  );
  const rows = months.flatMap((month, row) => {
    const y = top + row * (size + 2);
    return [
      text(left - 4, y + size - 2, month.key, 'end'),
      ...daysOfMonth(month).map((day, i) => {
        const cell = cells.get(day.key);
        const title = cell ? `<title>${escapeXml(`${day.key}: ${cell.title}`)}</title>` : '';
        return `<rect x="${round(left + i * size + 0.6)}" y="${round(y)}" width="${round(size - 1.2)}" height="${round(size - 1.2)}" rx="1.5" fill="var(${cell?.colour ?? '--none'})">${title}</rect>`;
      }),
    ];
  });
  return svg(top + months.length * (size + 2) + 2, [...head, ...rows], label);
}

/** Horizontal bars with their names and numbers. */
export function barChart(
  bars: readonly {
    readonly name: string;
    readonly value: number;
    readonly shown: string;
    readonly colour: string;
  }[],
  label: string,
): string {
  const [left, right] = [86, 54];
  const largest = Math.max(1, ...bars.map(({ value }) => value));
  const parts = bars.flatMap(({ name, value, shown, colour }, i) => {
    const y = i * 18;
    const width = Math.max(value > 0 ? 1 : 0, (value / largest) * (WIDTH - left - right));
    return [
      text(left - 5, y + 11, name, 'end'),
      `<rect x="${left}" y="${y + 2}" width="${round(width)}" height="12" rx="2" fill="var(${colour})"/>`,
      text(left + width + 4, y + 11, shown, 'start'),
    ];
  });
  return svg(bars.length * 18 + 2, parts, label);
}

/** A line over days, from 0 to its largest value; days without a value break it. */
export function dayLine(
  values: readonly (number | null)[],
  from: string,
  to: string,
  top: string,
  label: string,
): string {
  const [left, height, bottom] = [4, 84, 68];
  const largest = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  const step = values.length > 1 ? (WIDTH - 2 * left) / (values.length - 1) : 0;
  const y = (value: number): number => bottom - (value / largest) * (bottom - 14);
  const marks = values.flatMap((value, i) =>
    value === null
      ? []
      : [
          `<circle cx="${round(left + i * step)}" cy="${round(y(value))}" r="${values.length > 120 ? 1 : 2}" fill="var(--c1)"/>`,
        ],
  );
  let isDrawing = false;
  const path = values
    .map((value, i) => {
      if (value === null) {
        isDrawing = false;
        return '';
      }
      const command = isDrawing ? 'L' : 'M';
      isDrawing = true;
      return `${command}${round(left + i * step)} ${round(y(value))}`;
    })
    .join('');
  return svg(
    height,
    [
      `<line x1="${left}" x2="${WIDTH - left}" y1="${bottom}" y2="${bottom}" stroke="var(--line)"/>`,
      `<path d="${path}" fill="none" stroke="var(--c1)" stroke-width="1.2"/>`,
      ...marks,
      text(left, 9, top, 'start'),
      text(left, height - 4, from, 'start'),
      text(WIDTH - left, height - 4, to, 'end'),
    ],
    label,
  );
}

export function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escapeXml(content)}</text>`;
}

/** Parts on a canvas `WIDTH` wide. @param label for those who cannot see it */
export function svg(height: number, parts: readonly string[], label: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${round(height)}" role="img" aria-label="${escapeXml(label)}">${parts.join('')}</svg>`;
}

export const round = (value: number): number => Math.round(value * 100) / 100;
