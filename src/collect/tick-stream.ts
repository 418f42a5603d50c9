import { TapemillError } from '../errors.js';
import { factorFolder, findLayerFacts, layerFolder, monthPath } from '../layer/index.js';
import { type SettleRequest as FactorRequest, findSettled, settleFactors } from '../outputs/index.js';
import { HOUR } from '../time/index.js';
import { buildMonth } from './month-task.js';
import { planMonthWork } from './plan-months.js';
import type { SettleRequest, StreamKind } from './stream-kind.js';

/** Ticks: months are those of the minute layer, the table holds 1h factors. */
export const TICK_STREAMS: StreamKind = {
  cadences: () => ['month', 'day'],
  monthFolder: (dataDir, { market, symbol }) => layerFolder(dataDir, market, symbol),
  tableFolder: (dataDir, { market }) => factorFolder(dataDir, market, HOUR.label),

  async planMonth(archive, entries, plan, request, memory) {
    const work = await planMonthWork(archive, entries, plan, request, memory);
    const { reason, objects, notes } = work;
    const { dataDir, market, symbol, thresholds, prefer, keepZip } = request;
    const job = { dataDir, market, symbol, thresholds, prefer, keepZip, work, reason: reason ?? '' };
    return {
      ...{ plan, reason, objects, notes, known: work.facts?.sources ?? [] },
      build: (options, services) => buildMonth({ ...job, ...options }, services),
    };
  },

  async knowsOthers({ months }, entries, { dataDir, market, symbol }, memory) {
    const listed = new Set(entries.map(({ key }) => key));
    for (const { month } of months) {
      const path = monthPath(dataDir, market, symbol, month.key);
      const facts = await memory.readFacts(path, findLayerFacts).catch((error: unknown) => {
        if (TapemillError.is(error) && error.code === 'E_LAYER') return null;
        throw error;
      });
      if (facts?.sources.some(({ key }) => !listed.has(key))) return true;
    }
    return false;
  },

  settle: (request) => settleFactors(factorRequest(request)),
  findSettled: (request) => findSettled(factorRequest(request)),
};

function factorRequest({ readFacts, ...request }: SettleRequest): FactorRequest {
  return { ...request, frequency: HOUR, readFacts: (path) => readFacts(path, findLayerFacts) };
}
