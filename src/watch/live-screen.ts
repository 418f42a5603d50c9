import { displayWidth } from './text.js';

/** Where a block is drawn: a terminal, or anything that takes text. */
export interface ScreenStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** What is drawn, for whatever room there is. */
export interface Frame {
  /** Lines of at most `width` cells, at most `maxLines` of them. */
  readonly block: (size: { readonly width: number; readonly maxLines: number }) => readonly string[];
  /** The same in a line, for what is no terminal. */
  readonly line: (width: number) => string;
}

export interface ScreenOptions {
  /** How often a line is written where nothing can be redrawn; default 5 s. */
  readonly lineEveryMs?: number;
  /** Any clock that never goes back. */
  readonly now?: () => number;
}

const ESC = '\u001b[';
/** Terminals that know these show what is between them at once; the others take no notice. */
const BEGIN = `${ESC}?2026h`;
const END = `${ESC}?2026l`;
const LINE_EVERY_MS = 5000;
/** Of lines for logs. */
const LINE_CELLS = 200;

/**
 * A block of lines at the bottom of a terminal that is redrawn in place, with lines that stay above it. The cursor
 * rests below the block and is never hidden: whatever ends the process leaves a usable terminal. On anything but a
 * terminal it is a plain line every few seconds.
 */
export class LiveScreen {
  readonly #lineEveryMs: number;
  readonly #now: () => number;
  #drawn: readonly string[] = [];
  #frame: Frame | null = null;
  #lineAtMs: number;
  readonly #onResize = (): void => {
    this.#draw();
  };

  constructor(
    private readonly stream: ScreenStream,
    { lineEveryMs = LINE_EVERY_MS, now = () => performance.now() }: ScreenOptions = {},
  ) {
    this.#lineEveryMs = lineEveryMs;
    this.#now = now;
    this.#lineAtMs = now();
    if (this.isLive) stream.on?.('resize', this.#onResize);
  }

  get isLive(): boolean {
    return this.stream.isTTY === true;
  }

  /** Draws anew, or writes a line when it is time for one. */
  show(frame: Frame): void {
    this.#frame = frame;
    if (this.isLive) {
      this.#draw();
      return;
    }
    const now = this.#now();
    if (now - this.#lineAtMs < this.#lineEveryMs) return;
    this.#lineAtMs = now;
    this.stream.write(`${frame.line(LINE_CELLS)}\n`);
  }

  /** A line that stays, above the block. @param to another stream, which may be the same terminal */
  say(line: string, to: ScreenStream = this.stream): void {
    if (this.#drawn.length === 0) {
      to.write(`${line}\n`);
      return;
    }
    const again = this.#lines();
    if (to === this.stream) {
      this.#write(this.#clearing() + `${line}\n`, again);
    } else {
      this.#write(this.#clearing(), []);
      to.write(`${line}\n`);
      this.#write('', again);
    }
  }

  /** Ends drawing. The last block stays to be read, unless it is to be cleared. */
  end({ clear = false }: { readonly clear?: boolean } = {}): void {
    this.stream.off?.('resize', this.#onResize);
    if (clear && this.#drawn.length > 0) this.#write(this.#clearing(), []);
    this.#frame = null;
    this.#drawn = [];
  }

  #draw(): void {
    if (this.#frame === null) return;
    this.#write(this.#clearing(), this.#lines());
  }

  #lines(): readonly string[] {
    const { width, height } = this.#size();
    // One line is left for the cursor. A terminal of a line has no room for a block.
    const maxLines = height - 1;
    return maxLines < 1 || this.#frame === null
      ? []
      : this.#frame.block({ width, maxLines }).slice(0, maxLines);
  }

  /** One write, so that nobody else's text comes in between. */
  #write(before: string, lines: readonly string[]): void {
    const text = before + lines.map((line) => `${line}\n`).join('');
    if (text !== '') this.stream.write(BEGIN + text + END);
    this.#drawn = lines;
  }

  /** To the first cell of the block, and nothing from there on. */
  #clearing(): string {
    if (this.#drawn.length === 0) return '';
    const { width, height } = this.#size();
    // A terminal that became narrower has broken the lines that are there.
    const rows = this.#drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / width)),
      0,
    );
    return `\r${ESC}${Math.min(rows, height - 1)}A${ESC}J`;
  }

  #size(): { readonly width: number; readonly height: number } {
    const { columns, rows } = this.stream;
    // Some terminals say 0 while they start.
    const some = (cells: number | undefined, usual: number): number =>
      cells === undefined || cells < 1 ? usual : cells;
    return { width: some(columns, 80), height: some(rows, 24) };
  }
}
