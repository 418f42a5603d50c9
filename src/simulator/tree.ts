import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSystemError, TapemillError } from '../errors.js';
import { writeAtomically } from './object-writer.js';
import {
  normalizeRequest,
  type DefectReport,
  type SimulationReport,
  type SimulationRequest,
} from './request.js';
import { simulateArchive } from './simulate.js';

/** Lies at the root of every simulated tree and explains it. */
export const TREE_FILE = 'simulation.json';
const FORMAT = 'tapemill simulated archive';
const VERSION = 1;

/** What `simulation.json` keeps of a report. */
export interface SimulationSummary {
  readonly objects: number;
  readonly ticks: number;
  readonly rows: number;
  readonly bytes: number;
  readonly planted: readonly DefectReport[];
}

interface TreeFile {
  readonly format: string;
  readonly version: number;
  readonly state: 'incomplete' | 'complete';
  readonly request: unknown;
  readonly truth?: SimulationSummary;
}

export interface SimulatedTree {
  readonly outDir: string;
  /** The folder held this very simulation already and was left as it is. */
  readonly reused: boolean;
  readonly summary: SimulationSummary;
}

/**
 * `simulateArchive` into a folder that is new, empty, or holds a simulation. One of the same request is left as it
 * is, an unfinished one is written again. Anything else needs `force`: a simulation of another request is removed
 * (`data/` and `simulation.json`), other content is left lying beside the new tree.
 * @throws `E_USAGE` when the folder is in use and `force` is not given
 */
export async function simulateTree(request: SimulationRequest, force = false): Promise<SimulatedTree> {
  const { outDir } = request;
  const wanted = describe(request);
  try {
    const present = await readTree(outDir);
    const same = present !== undefined && JSON.stringify(present.request) === JSON.stringify(wanted);
    if (same && present.state === 'complete' && present.truth) {
      return { outDir, reused: true, summary: present.truth };
    }
    if (!same) await makeRoom(outDir, present !== undefined, force);
    await mkdir(outDir, { recursive: true });
    await writeTree(outDir, { format: FORMAT, version: VERSION, state: 'incomplete', request: wanted });
  } catch (error) {
    throw fromSystemError(error, 'cannot use', outDir);
  }
  const summary = summarize(await simulateArchive(request));
  await writeTree(outDir, {
    format: FORMAT,
    version: VERSION,
    state: 'complete',
    request: wanted,
    truth: summary,
  });
  return { outDir, reused: false, summary };
}

function summarize(report: SimulationReport): SimulationSummary {
  const { objects, ticks, rows, bytes, planted } = report;
  return { objects: objects.length, ticks, rows, bytes, planted };
}

/** All that the bytes depend on, and nothing of where they lie. */
function describe(request: SimulationRequest): object {
  const { range, ...rest } = normalizeRequest(request);
  const described = { ...rest, outDir: undefined, range: undefined, start: range.start, end: range.end };
  return JSON.parse(JSON.stringify(described)) as object;
}

async function makeRoom(outDir: string, isTree: boolean, force: boolean): Promise<void> {
  const entries = await readdir(outDir).catch(() => []);
  if (entries.length === 0) return;
  if (!force) {
    const what = isTree ? 'holds the simulation of another request' : 'is not empty and no simulated archive';
    throw new TapemillError('E_USAGE', `${outDir} ${what}; choose another --out, or --force`, {
      path: outDir,
    });
  }
  if (!isTree) return;
  await rm(join(outDir, 'data'), { recursive: true, force: true });
  await rm(join(outDir, TREE_FILE), { force: true });
}

/** Undefined when the folder is no simulated tree of this version. */
async function readTree(outDir: string): Promise<TreeFile | undefined> {
  const text = await readFile(join(outDir, TREE_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const tree = JSON.parse(text) as Partial<TreeFile>;
    return tree.format === FORMAT && tree.version === VERSION ? (tree as TreeFile) : undefined;
  } catch {
    return undefined;
  }
}

async function writeTree(outDir: string, tree: TreeFile): Promise<void> {
  await writeAtomically(join(outDir, TREE_FILE), `${JSON.stringify(tree, undefined, 2)}\n`);
}
