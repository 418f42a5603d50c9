/**
 * Seeded randomness. Every stream is named by a text such as `7|SIMAUSDT|2024-01-05|ticks`, so what a day
 * looks like depends on nothing but its name. Only `+ - * /`, `Math.sqrt`, `Math.exp` and `Math.log` are used,
 * which V8 computes in software: the same numbers on every machine.
 */

/** 32-bit FNV-1a over UTF-16 code units, finished by an avalanche. Unsigned. */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix32(h);
}

/** A bijection of 32-bit integers in which every input bit reaches every output bit. Unsigned. */
export function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The generator sfc32: 128 bits of state, int32 arithmetic only. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d = 1;

  constructor(name: string) {
    this.#a = hashText(name);
    this.#b = mix32(this.#a ^ 0x9e3779b9);
    this.#c = hashText(`${name}#`);
    for (let i = 0; i < 12; i++) this.next();
  }

  /** 32 random bits as a signed integer. */
  next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t;
  }

  /** Uniform in `[0, 1)`. */
  unit(): number {
    return (this.next() >>> 0) / 4294967296;
  }

  /** Uniform integer in `[0, below)`. */
  below(below: number): number {
    return Math.floor(this.unit() * below);
  }

  normal(): number {
    return normalQuantile((this.unit() + 1 / 8589934592) * (1 - 1e-12));
  }
}

/** Inverse of the normal distribution function (Acklam's rational approximation, error below 1.2e-9). */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    const top =
      ((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q -
        2.549732539343734) *
        q +
        4.374664141464968) *
        q +
      2.938163982698783;
    const bottom =
      (((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) *
        q +
      1;
    return top / bottom;
  }
  const q = p - 0.5;
  const r = q * q;
  const top =
    (((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r +
      1.38357751867269e2) *
      r -
      3.066479806614716e1) *
      r +
      2.506628277459239) *
    q;
  const bottom =
    ((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r +
      6.680131188771972e1) *
      r -
      1.328068155288572e1) *
      r +
    1;
  return top / bottom;
}

/** A smooth random function of `x` in about `[-1, 1]`: random values at the integers, eased in between. `seed` is a `hashText`. */
export function smoothNoise(seed: number, x: number): number {
  const cell = Math.floor(x);
  const f = x - cell;
  const ease = f * f * (3 - 2 * f);
  return latticeValue(seed, cell) * (1 - ease) + latticeValue(seed, cell + 1) * ease;
}

function latticeValue(seed: number, cell: number): number {
  return mix32(Math.imul(cell, 0x9e3779b1) ^ seed) / 2147483648 - 1;
}
