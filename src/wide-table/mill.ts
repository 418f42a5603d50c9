import type { CrossSection, LeakReport, UserFactor } from '../dataset/index.js';
import type { EpochMs } from '../time/index.js';
import { compareSymbol } from './compare-symbol.js';
import { type TableColumn, tableColumns } from './schema.js';
import { planAndSlim } from './slim.js';
import type { TableSpec } from './spec.js';
import { type FinishedSymbol, finishSymbol } from './symbol-files.js';
import type { SymbolPlan } from './symbol-plan.js';
import { checkFactors, loadFactors } from './user-factors.js';

/** What is done to one symbol after the other, here or in a worker. */
export interface Mill {
  plan(symbol: string): Promise<SymbolPlan>;
  /** What all symbols together were; for all that follows. */
  setSection(section: CrossSection): Promise<void>;
  finish(plan: SymbolPlan): Promise<FinishedSymbol>;
  /** The files beside what the table would be if nothing were known after the cut. */
  compare(plan: SymbolPlan, cutMs: EpochMs): Promise<LeakReport>;
}

/** The columns of a table and the user's factors among them. @throws `E_USAGE` */
export async function loadColumns(
  spec: TableSpec,
): Promise<{ readonly columns: TableColumn[]; readonly factors: readonly UserFactor[] }> {
  const factors = await loadFactors(spec.factors);
  const own = tableColumns(spec.families, spec.frequency, []);
  checkFactors(
    own.map(({ name }) => name),
    factors,
  );
  return { columns: tableColumns(spec.families, spec.frequency, factors), factors };
}

/** A mill that does the work itself. */
export class OwnMill implements Mill {
  readonly #loaded: ReturnType<typeof loadColumns>;
  #section: CrossSection | null = null;

  constructor(private readonly spec: TableSpec) {
    this.#loaded = loadColumns(spec);
    // Whoever asks for a symbol learns of a failure; until then it is nobody's.
    this.#loaded.catch(() => undefined);
  }

  plan(symbol: string): Promise<SymbolPlan> {
    return planAndSlim(this.spec, symbol);
  }

  setSection(section: CrossSection): Promise<void> {
    this.#section = section;
    return Promise.resolve();
  }

  async finish(plan: SymbolPlan): Promise<FinishedSymbol> {
    const { columns, factors } = await this.#loaded;
    return finishSymbol(this.spec, plan, this.#known(), columns, factors);
  }

  async compare(plan: SymbolPlan, cutMs: EpochMs): Promise<LeakReport> {
    const { columns, factors } = await this.#loaded;
    return compareSymbol({ spec: this.spec, plan, section: this.#known(), cutMs }, columns, factors);
  }

  #known(): CrossSection {
    if (!this.#section) throw new Error('the cross section has to be set first');
    return this.#section;
  }
}
