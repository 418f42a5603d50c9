import type { CollectEvent } from '../collect/index.js';
import { formatBytes, formatCount, formatDuration } from './table.js';

const REDRAW_MS = 100;
const LINE_EVERY_MS = 5000;
const BAR_CELLS = 20;

/** Where progress is shown; `columns` and `isTTY` as of a terminal stream. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * Shows how far a collection is: one line redrawn in place on a terminal, a plain line every few seconds
 * elsewhere. Lives on events alone. `say` prints a line that stays.
 */
export class CollectProgress {
  #bytesPlanned = 0;
  #bytesDone = 0;
  #bytesFetched = 0;
  #rows = 0;
  #monthsPlanned = 0;
  #monthsDone = 0;
  readonly #running = new Set<string>();
  readonly #startedMs: number;
  #shownMs: number;
  #drawn = false;

  constructor(
    private readonly stream: ProgressStream,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#startedMs = now();
    this.#shownMs = this.#startedMs;
  }

  take(event: CollectEvent): void {
    switch (event.type) {
      case 'planned':
        this.#bytesPlanned += event.bytes;
        this.#monthsPlanned += event.monthsToBuild;
        break;
      case 'month-started':
        this.#running.add(`${event.symbol} ${event.month}`);
        break;
      case 'object-milled':
        this.#bytesDone += event.bytes;
        this.#rows += event.account.rows;
        break;
      case 'month-written':
        this.#monthsDone++;
        this.#running.delete(`${event.symbol} ${event.month}`);
        break;
      case 'object-failed':
      case 'task-retry':
      case 'task-lost':
        break;
      case 'symbol-settled':
      case 'symbol-failed':
        // A month of which no object could be used is never written.
        for (const name of this.#running) if (name.startsWith(`${event.symbol} `)) this.#running.delete(name);
        break;
    }
    this.#show();
  }

  /** Bytes that came over the network; they run ahead of those that are milled. */
  takeFetched(bytes: number): void {
    this.#bytesFetched += bytes;
    this.#show();
  }

  /** A line that stays, on `to`; the progress line makes room for it. */
  say(line: string, to: ProgressStream): void {
    this.#clear();
    to.write(`${line}\n`);
  }

  end(): void {
    this.#clear();
  }

  #show(): void {
    const sinceMs = this.now() - this.#shownMs;
    if (sinceMs < (this.stream.isTTY ? REDRAW_MS : LINE_EVERY_MS)) return;
    this.#shownMs = this.now();
    if (!this.stream.isTTY) {
      this.stream.write(`${this.line(200)}\n`);
      return;
    }
    this.stream.write(`\r\u001b[2K${this.line((this.stream.columns ?? 80) - 1)}`);
    this.#drawn = true;
  }

  /** The state in one line of at most `width` characters. */
  line(width: number): string {
    const seconds = Math.max((this.now() - this.#startedMs) / 1000, 1e-3);
    const share = this.#bytesPlanned === 0 ? 0 : Math.min(1, this.#bytesDone / this.#bytesPlanned);
    const filled = Math.round(share * BAR_CELLS);
    const eta = share > 0.01 && seconds > 1 ? `  ETA ${formatDuration((seconds / share) * (1 - share))}` : '';
    const text =
      `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)} ${Math.floor(share * 100)}%  ` +
      `${formatBytes(this.#bytesDone)} of ${formatBytes(this.#bytesPlanned)}  ` +
      (this.#bytesFetched > 0 ? `fetched ${formatBytes(this.#bytesFetched)}  ` : '') +
      `months ${this.#monthsDone}/${this.#monthsPlanned}  ${formatCount(this.#rows)} rows  ` +
      `${formatBytes(this.#bytesDone / seconds)}/s${eta}  ${[...this.#running].slice(0, 3).join(', ')}`;
    return text.slice(0, width).trimEnd();
  }

  #clear(): void {
    if (!this.#drawn) return;
    this.stream.write('\r\u001b[2K');
    this.#drawn = false;
  }
}
