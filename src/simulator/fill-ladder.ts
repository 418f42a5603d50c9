import { Random } from './random.js';

/** Rows after which fills and gaps repeat. Long enough that nothing shows, short enough to stay in cache. */
const LADDER_ROWS = 16_384;
const MASK = LADDER_ROWS - 1;

/**
 * How many fills each aggregate row stands for and how many trade ids are left out before it, as a periodic
 * function of the row's number since the symbol was listed. That makes the trade id of any row computable without
 * the rows before it, so a day can be generated alone and its ids still join those of its neighbours.
 */
export class FillLadder {
  /** Fills of row `n` are `fills[n & mask]`: mostly 1, with a heavy tail up to 120. */
  readonly fills = new Uint8Array(LADDER_ROWS);
  /** Trade ids left out before row `n`. */
  readonly gaps = new Uint8Array(LADDER_ROWS);
  /** Size multiplier that goes with the fills: large orders sweep more of the book. */
  readonly weight = new Float64Array(LADDER_ROWS);
  readonly mask = MASK;
  readonly #idsBefore = new Float64Array(LADDER_ROWS + 1);

  constructor(name: string, gapShare: number) {
    const random = new Random(`${name}|fills`);
    for (let i = 0; i < LADDER_ROWS; i++) {
      // Pareto with exponent 1.4: P(more than one) is about 0.38.
      const u = random.unit();
      const fills = Math.min(120, Math.floor(Math.exp(-Math.log(1 - u) / 1.4)));
      this.fills[i] = fills;
      this.gaps[i] = random.unit() < gapShare ? 1 + random.below(4) : 0;
      this.weight[i] = Math.exp(0.7 * Math.log(fills));
      this.#idsBefore[i + 1] = this.#idsBefore[i]! + fills + this.gaps[i]!;
    }
  }

  /** Trade ids used or left out by rows `[0, row)`. */
  idsBefore(row: number): number {
    const laps = Math.floor(row / LADDER_ROWS);
    return laps * this.#idsBefore[LADDER_ROWS]! + this.#idsBefore[row - laps * LADDER_ROWS]!;
  }
}
