import { createHash } from 'node:crypto';
import type { Effects } from './effects.js';
import { type FaultRequest, type FaultRule, checkRule, parseFault, ruleCovers } from './fault-rule.js';
import { FAULTS, type FaultKind } from './faults.js';

/** What the rules make of one request. */
export interface Verdict {
  /** Of all rules that strike; where two say different things, the earlier rule has its way. */
  readonly effects: Effects;
  readonly kinds: readonly FaultKind[];
}

/**
 * Decides which faults strike. Requests are counted for each rule and key on their own, and chance is drawn from
 * seed, rule, key and that count: the outcome does not depend on what else is requested, or in which order.
 */
export class FaultBook {
  readonly #seed: number;
  #rules: readonly { readonly rule: FaultRule; readonly seen: Map<string, number> }[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Replaces all rules and forgets all counts. @throws `E_USAGE` */
  set(faults: readonly (FaultRule | string)[]): void {
    const rules = faults.map((fault) => (typeof fault === 'string' ? parseFault(fault) : fault));
    rules.forEach(checkRule);
    this.#rules = rules.map((rule) => ({ rule, seen: new Map() }));
  }

  /** To be asked once for each request: it counts. */
  judge(request: FaultRequest): Verdict {
    const kinds: FaultKind[] = [];
    let effects: Effects = {};
    this.#rules.forEach(({ rule, seen }, index) => {
      if (!ruleCovers(rule, request)) return;
      const own = this.#strike(rule, seen, `${this.#seed}|${index}|${rule.kind}`, request);
      if (Object.keys(own).length === 0) return;
      effects = { ...own, ...effects };
      kinds.push(rule.kind);
    });
    return { effects, kinds };
  }

  #strike(rule: FaultRule, seen: Map<string, number>, name: string, { method, key }: FaultRequest): Effects {
    const entry = FAULTS[rule.kind];
    const { revisions } = entry;
    const scope = revisions === 'pair' ? key.replace(/\.CHECKSUM$/, '') : key;
    const earlier = seen.get(scope) ?? 0;
    // A HEAD sees the revision of the day, but replaces nothing.
    if (!revisions || method === 'GET') seen.set(scope, earlier + 1);
    const nth = earlier - (rule.skip ?? 0);
    if (nth < 0 && !revisions) return {};
    if (!revisions && rule.count !== undefined && nth >= rule.count) return {};
    // Things either change or do not: one draw for a key, not one for each request.
    const seed = revisions ? `${name}|${scope}` : `${name}|${scope}|${earlier}`;
    if (rule.probability !== undefined && unit(seed) >= rule.probability) return {};
    const lastRevision = rule.count ?? 1;
    return entry.effects({
      value: rule.value ?? entry.value?.default ?? 0,
      revision: Math.max(0, Math.min(nth, lastRevision)),
      lastRevision,
      seed,
    });
  }
}

/** A number in `[0, 1)` that follows from a text. */
export function unit(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}
