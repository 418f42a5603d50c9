import { expect, test } from 'vitest';
import { type Frame, LiveScreen, type ScreenStream } from '../../src/watch/index.js';

/** Cursor up, clear, synchronized updates, colours, line ends, text. */
const TOKENS = new RegExp(
  ['\\[(\\d+)A', '\\[J', '\\[\\?2026[hl]', '\\[[\\d;]*m']
    .map((sequence) => `\\u001b${sequence}`)
    .concat('\\r', '\\n', '[^\\u001b\\r\\n]+')
    .join('|'),
  'g',
);

/** Enough of a terminal: what is on it, what has scrolled away, where the cursor is. */
class FakeTerminal implements ScreenStream {
  isTTY = true;
  screen: string[] = [''];
  row = 0;
  written = '';
  #resize: (() => void)[] = [];

  constructor(
    public columns = 40,
    public rows = 10,
  ) {}

  on(_: 'resize', listener: () => void): void {
    this.#resize.push(listener);
  }

  off(_: 'resize', listener: () => void): void {
    this.#resize = this.#resize.filter((own) => own !== listener);
  }

  get listeners(): number {
    return this.#resize.length;
  }

  /** Breaks lines that are too long by now, as most terminals do. */
  resize(columns: number, rows = this.rows): void {
    const below = this.screen.slice(this.row);
    const broken = this.screen
      .slice(0, this.row)
      .flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? ['']);
    this.screen = [...broken, ...below];
    this.row = broken.length;
    [this.columns, this.rows] = [columns, rows];
    for (const listener of this.#resize) listener();
  }

  write(text: string): void {
    this.written += text;

    for (const [token, up] of text.matchAll(TOKENS)) {
      if (up !== undefined)
        this.row = Math.max(0, Math.max(this.screen.length - this.rows, this.row - Number(up)));
      else if (token === '\u001b[J') this.screen = [...this.screen.slice(0, this.row), ''];
      else if (token === '\n') {
        this.row++;
        this.screen[this.row] ??= '';
      } else if (!token.startsWith('\u001b') && token !== '\r')
        this.screen[this.row] = (this.screen[this.row] ?? '') + token;
    }
  }
}

const frame = (...lines: string[]): Frame => ({ block: () => lines, line: () => lines.join('; ') });

test('redraws in place, and what is said stays above', () => {
  const terminal = new FakeTerminal();
  const screen = new LiveScreen(terminal);
  screen.show(frame('one', 'two', 'three'));
  screen.say('said');
  screen.show(frame('four'));
  screen.say('again');
  screen.show(frame('five', 'six'));
  expect(terminal.screen).toEqual(['said', 'again', 'five', 'six', '']);
  screen.end();
  terminal.write('after\n');
  expect(terminal.screen).toEqual(['said', 'again', 'five', 'six', 'after', '']);
});

test('clears the block when asked to, and leaves the terminal as it was', () => {
  const terminal = new FakeTerminal();
  const screen = new LiveScreen(terminal);
  screen.show(frame('one', 'two'));
  expect(terminal.listeners).toBe(1);
  screen.end({ clear: true });
  expect(terminal.screen).toEqual(['']);
  expect(terminal.listeners).toBe(0);
  expect(terminal.written).not.toContain('?25l');
  const begun = terminal.written.split('?2026h').length;
  expect(terminal.written.split('?2026l')).toHaveLength(begun);
});

test('a line said on another stream of the same terminal stays above the block', () => {
  const terminal = new FakeTerminal();
  const other: ScreenStream = {
    write: (text) => {
      terminal.write(text);
    },
  };
  const screen = new LiveScreen(terminal);
  screen.show(frame('block'));
  screen.say('said', other);
  expect(terminal.screen).toEqual(['said', 'block', '']);
});

test('the block is drawn for the size of the terminal, and anew when that changes', () => {
  const terminal = new FakeTerminal(40, 10);
  const screen = new LiveScreen(terminal);
  screen.say('above');
  screen.show({
    block: ({ width, maxLines }) => ['x'.repeat(width), `${width}x${maxLines}`],
    line: () => '',
  });
  expect(terminal.screen).toEqual(['above', 'x'.repeat(40), '40x9', '']);
  terminal.resize(15);
  expect(terminal.screen).toEqual(['above', 'x'.repeat(15), '15x9', '']);
  terminal.resize(60, 5);
  expect(terminal.screen).toEqual(['above', 'x'.repeat(60), '60x4', '']);
});

test('never more lines than a short terminal has', () => {
  const terminal = new FakeTerminal(40, 3);
  const screen = new LiveScreen(terminal);
  for (let i = 0; i < 3; i++) screen.show(frame('one', 'two', 'three', 'four'));
  expect(terminal.screen).toEqual(['one', 'two', '']);
  terminal.resize(40, 1);
  expect(terminal.screen.filter((line) => line !== '').length).toBeLessThanOrEqual(2);
});

test('a plain line every few seconds where there is no terminal', () => {
  let now = 0;
  let written = '';
  const stream: ScreenStream = { write: (text) => (written += text) };
  const screen = new LiveScreen(stream, { lineEveryMs: 5000, now: () => now });
  screen.show(frame('a'));
  now = 4999;
  screen.show(frame('b'));
  expect(written).toBe('');
  now = 5000;
  screen.show(frame('c', 'd'));
  now = 6000;
  screen.show(frame('e'));
  screen.say('said');
  screen.end();
  expect(written).toBe('c; d\nsaid\n');
});
