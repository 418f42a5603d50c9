import { ledgerPath } from '../ledger/index.js';
import { type Finding, messageOf, trouble } from './check.js';
import { checkDataFolder } from './data-folder.js';
import { checkKernel } from './kernel.js';
import { type FoundMonth, checkAgreement, checkLayer, openAndCheck, readLayer } from './ledger.js';
import { findLeftovers } from './leftovers.js';
import { checkMachine } from './machine.js';
import { type NetworkRequest, checkNetwork } from './network.js';
import { checkQueue } from './queue.js';
import { type Repair, repair } from './repair.js';
import { type DoctorWorld, realDoctorWorld } from './world.js';

export interface DoctorRequest extends NetworkRequest {
  readonly dataDir: string;
  /** Do the repairs that lose nothing, then look again. */
  readonly fix: boolean;
}

export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly repairs: readonly Repair[];
}

/** Looks at everything that a collection needs. Writes nothing that stays, unless asked to repair. */
export async function examine(
  request: DoctorRequest,
  world: DoctorWorld = realDoctorWorld(),
): Promise<Diagnosis> {
  const outside = [
    ...checkMachine(world),
    await checkKernel(),
    ...(await checkDataFolder(request.dataDir, world).catch((error: unknown) => [
      trouble(
        'fail',
        'data-folder',
        'Data folder',
        messageOf(error),
        'Check --data-dir and its permissions.',
      ),
    ])),
    ...(await checkNetwork(request, world)),
  ];
  let data = await examineData(request.dataDir, world.now());
  let repairs: Repair[] = [];
  if (request.fix) {
    repairs = await repair({
      ...data,
      dataDir: request.dataDir,
      ledgerPath: ledgerPath(request.dataDir),
      now: world.now,
    });
    if (repairs.length > 0) data = await examineData(request.dataDir, world.now());
  }
  return { findings: [...outside, ...data.findings], repairs };
}

/** What depends on the data folder, and what can be repaired of it. */
async function examineData(dataDir: string, nowMs: number) {
  const leftovers = await findLeftovers(dataDir, nowMs);
  let months: FoundMonth[];
  try {
    months = await readLayer(dataDir);
  } catch (error) {
    // Without the layer nothing can be said of the ledger, nor be made anew.
    const remedy = 'Check --data-dir and its permissions.';
    const finding = trouble('fail', 'layer', 'Minute layer', messageOf(error), remedy);
    return {
      findings: [finding, ...leftovers.findings],
      leftovers,
      isRebuildable: false,
      isDamaged: false,
      hasLostTasks: false,
    };
  }
  const path = ledgerPath(dataDir);
  const { findings, view, isRebuildable } = openAndCheck(path, months);
  const isDamaged = isRebuildable && findings.some(({ level }) => level === 'fail');
  if (!view) {
    return {
      findings: [checkLayer(months), ...findings, ...leftovers.findings],
      leftovers,
      isRebuildable,
      isDamaged,
      hasLostTasks: false,
    };
  }
  try {
    const agreement = checkAgreement(view, months);
    const queue = checkQueue(view, nowMs);
    return {
      findings: [checkLayer(months), ...findings, ...agreement.findings, ...queue, ...leftovers.findings],
      leftovers,
      isRebuildable: agreement.isRebuildable,
      isDamaged: false,
      hasLostTasks: queue.some(({ id }) => id === 'lost-tasks'),
    };
  } finally {
    view.close();
  }
}
