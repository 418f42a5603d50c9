import type { ScreenStream } from '../watch/index.js';

/** Shorter work is done before anyone could read of it. */
const QUIET_MS = 2000;
const REDRAW_MS = 200;
const LINE_EVERY_MS = 5000;

/**
 * How far one step after the other is: a line redrawn in place on a terminal, a plain line every few seconds elsewhere,
 * and nothing at all during the first two seconds.
 */
export class StepProgress {
  readonly #startedMs: number;
  #shownMs = -Infinity;
  #drawn = false;

  constructor(
    private readonly stream: ScreenStream,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#startedMs = now();
  }

  /** @param share of the step that is done, 0 … 1 */
  show(step: string, share: number): void {
    const now = this.now();
    const isTerminal = this.stream.isTTY === true;
    if (now - this.#startedMs < QUIET_MS || now - this.#shownMs < (isTerminal ? REDRAW_MS : LINE_EVERY_MS)) {
      return;
    }
    this.#shownMs = now;
    const line = `${step}  ${Math.floor(share * 100)}%`;
    this.stream.write(isTerminal ? `\r\u001b[2K${line}` : `${line}\n`);
    this.#drawn = isTerminal;
  }

  /** Makes room for lines that stay. */
  clear(): void {
    if (this.#drawn) this.stream.write('\r\u001b[2K');
    this.#drawn = false;
  }
}
