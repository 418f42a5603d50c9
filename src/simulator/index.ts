/** A deterministic, realistic copy of the public archive: data for the demo, the tests and the benchmarks. */
export { simulateArchive } from './simulate.js';
export { simulatedIndex, type SimulatedIndexOptions } from './simulated-index.js';
export type { ListedSymbol } from './listed-symbols.js';
export {
  SOURCES,
  type DefectReport,
  type SimulatedObject,
  type SimulatedSource,
  type SimulationProgress,
  type SimulationReport,
  type SimulationRequest,
} from './request.js';
export { DEFECT_KINDS, parseDefect, type PlantedDefect } from './defects.js';
export type { DefectKind, DefectTarget } from './defect-kind.js';
export { simulateTree, TREE_FILE, type SimulatedTree, type SimulationSummary } from './tree.js';
