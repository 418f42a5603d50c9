import type { Archive } from '../archive/index.js';
import type { Ledger } from '../ledger/index.js';
import { type PlannedSymbol, type SymbolRequest, planCollection } from './plan-symbol.js';
import { isArchiveSubject, isTardisSubject } from './streams.js';
import { type TardisOptions, planTardis } from './tardis-plan.js';

/**
 * What is to be done for one stream of one symbol, wherever it comes from. Changes nothing.
 * @throws as `planCollection` and `planTardis`
 */
export function planSubject(
  archive: Archive,
  ledger: Ledger | null,
  request: SymbolRequest & { readonly tardis: TardisOptions },
): Promise<PlannedSymbol> {
  if (isArchiveSubject(request)) return planCollection(archive, ledger, request);
  if (isTardisSubject(request)) return planTardis(request, request.tardis);
  throw new RangeError(`${(request as SymbolRequest).stream.name} comes from nowhere`);
}
