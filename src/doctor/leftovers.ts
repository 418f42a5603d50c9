import { type Dirent } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../alive.js';
import { bytesText, durationText, plural } from '../watch/index.js';
import { type StagedLeftover, findStaged } from '../exports/index.js';
import { type Finding, ok, trouble } from './check.js';

/** Older parts are hardly wanted any more. */
const OLD_PART_MS = 7 * 86_400_000;
/** As in src/download/lock.ts: a lock that nobody touched for so long belongs to nobody. */
const STALE_LOCK_MS = 30_000;
const TEMP_FILE = /^\.tapemill-(?<host>[A-Za-z0-9_]+)-(?<pid>\d+)-[0-9a-f]{16}\.tmp$/;

/** Files that a killed process left, with what `--fix` needs to know of them. */
export interface Leftovers {
  readonly findings: readonly Finding[];
  /** Folders that hold temporary files of ended processes. */
  readonly tempFolders: readonly string[];
  readonly abandonedLocks: readonly string[];
  /** Folders of exports beside which ended processes left unfinished ones. */
  readonly exports: readonly string[];
}

/** What lies beside a quarantined object, as far as it can be read. */
interface QuarantineNote {
  readonly key?: string;
  readonly sha256?: string;
  readonly expectedSha256?: string;
}

interface FoundFile {
  readonly folder: string;
  readonly name: string;
  readonly path: string;
}

export async function findLeftovers(dataDir: string, nowMs: number): Promise<Leftovers> {
  const outputs = await foldersNamed(
    dataDir,
    /^(binance_|imported_|final_dataset|(_cache|quality|reports)$)/,
  );
  const inOutputs = (await Promise.all(outputs.map((folder) => filesBelow(folder)))).flat();
  const inTmp = await filesBelow(join(dataDir, '_tmp'));
  const inQuarantine = await filesBelow(join(dataDir, '_quarantine'));
  const temps = [...inOutputs, ...inTmp, ...(await filesIn(dataDir))].filter(({ name }) => isDeadTemp(name));
  const locks: string[] = [];
  for (const { name, path } of inTmp)
    if (name.endsWith('.lock') && (await isAbandoned(path, nowMs))) locks.push(path);
  const exports = await findStaged(join(dataDir, 'exports'));
  const findings = [
    ...describeTemps(temps),
    ...describeExports(exports),
    ...(await describeTables(await foldersNamed(dataDir, /^final_dataset/))),
    ...describeLocks(locks),
    ...(await describeParts(inTmp, nowMs)),
    ...(await describeQuarantine(inQuarantine)),
  ];
  if (findings.length === 0) findings.push(ok('leftovers', 'Leftovers', 'none'));
  const tempFolders = [...new Set(temps.map(({ folder }) => folder))];
  return { findings, tempFolders, abandonedLocks: locks, exports: exports.map(({ wanted }) => wanted) };
}

function describeTemps(temps: readonly FoundFile[]): Finding[] {
  if (temps.length === 0) return [];
  const detail = `${plural(temps.length, 'temporary file')} of processes that have ended`;
  const remedy = 'They are of no use; the next collect or build of the symbol removes them, too.';
  return [
    trouble('warn', 'temp-files', 'Leftovers', detail, remedy, {
      isFixable: true,
      items: temps.map(({ path }) => path),
    }),
  ];
}

function describeExports(staged: readonly StagedLeftover[]): Finding[] {
  if (staged.length === 0) return [];
  const detail = `${plural(staged.length, 'folder')} of exports that did not come to their end`;
  const remedy =
    'The next export to the same place removes them, and puts back what one was about to replace.';
  const items = staged.map(({ path }) => path);
  return [trouble('warn', 'exports', 'Leftovers', detail, remedy, { isFixable: true, items })];
}

/** The lock is written last. A build that is at work has none either. */
async function describeTables(folders: readonly string[]): Promise<Finding[]> {
  const unfinished: string[] = [];
  for (const folder of folders) {
    const names = (await filesIn(folder)).map(({ name }) => name);
    const hasFiles = names.some((name) => /_final\.(csv|parquet)$/.test(name));
    if (hasFiles && !names.includes('dataset.lock')) unfinished.push(folder);
  }
  if (unfinished.length === 0) return [];
  const detail = `${plural(unfinished.length, 'wide table')} whose build has not come to its end`;
  const remedy = 'Run the same "tapemill dataset build" again; it goes on from what is made.';
  return [trouble('warn', 'wide-tables', 'Wide tables', detail, remedy, { items: unfinished })];
}

function describeLocks(locks: readonly string[]): Finding[] {
  if (locks.length === 0) return [];
  const detail = `${plural(locks.length, 'lock')} of processes that have ended`;
  const remedy = 'Whoever needs one takes it over; they may go.';
  return [trouble('warn', 'stale-locks', 'Leftovers', detail, remedy, { isFixable: true, items: locks })];
}

/** A part is worth keeping: the next download goes on from it. Only what is old is pointed at. */
async function describeParts(files: readonly FoundFile[], nowMs: number): Promise<Finding[]> {
  const parts = [];
  for (const { path } of files.filter(({ name }) => /\.zip(\.part)?$/.test(name))) {
    const file = await stat(path).catch(() => undefined);
    if (file) parts.push({ path, bytes: file.size, ageMs: nowMs - file.mtimeMs });
  }
  if (parts.length === 0) return [];
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const oldestMs = Math.max(...parts.map(({ ageMs }) => ageMs));
  const detail = `${plural(parts.length, 'download')} not used yet (${bytesText(bytes)}), the oldest from ${durationText(oldestMs / 1000)} ago`;
  if (oldestMs < OLD_PART_MS)
    return [ok('downloads', 'Downloads', `${detail}; the next collect goes on from them`)];
  const remedy =
    'The same collect goes on from them. If you do not want them any more, delete {data-dir}/_tmp while nothing runs.';
  return [
    trouble('warn', 'downloads', 'Downloads', detail, remedy, { items: parts.map(({ path }) => path) }),
  ];
}

async function describeQuarantine(files: readonly FoundFile[]): Promise<Finding[]> {
  const items: string[] = [];
  for (const { path } of files.filter(({ name }) => name.endsWith('.zip.json'))) {
    const facts = await readFile(path, 'utf8')
      .then((text) => JSON.parse(text) as QuarantineNote)
      .catch((): QuarantineNote => ({}));
    items.push(
      `${facts.key ?? path}: SHA-256 ${facts.sha256 ?? 'unknown'}, .CHECKSUM says ${facts.expectedSha256 ?? 'unknown'}`,
    );
  }
  if (items.length === 0) return [];
  return [
    trouble(
      'warn',
      'quarantine',
      'Quarantine',
      `${plural(items.length, 'object')} that contradicted the .CHECKSUM`,
      'Run the same collect again later: the archive may have been between two uploads. Then delete {data-dir}/_quarantine.',
      { items },
    ),
  ];
}

/** Of this machine, and its process has ended. */
function isDeadTemp(name: string): boolean {
  const { host, pid } = TEMP_FILE.exec(name)?.groups ?? {};
  if (
    pid === undefined ||
    host !==
      hostname()
        .replace(/[^A-Za-z0-9]+/g, '_')
        .slice(0, 40)
  )
    return false;
  return Number(pid) !== process.pid && !isAlive(Number(pid));
}

async function isAbandoned(path: string, nowMs: number): Promise<boolean> {
  const file = await stat(path).catch(() => undefined);
  if (!file) return false;
  if (nowMs - file.mtimeMs > STALE_LOCK_MS) return true;
  const owner = await readFile(path, 'utf8')
    .then((text) => JSON.parse(text) as { host?: string; pid?: number })
    .catch(() => null);
  return owner?.host === hostname() && typeof owner.pid === 'number' && !isAlive(owner.pid);
}

async function foldersNamed(folder: string, pattern: RegExp): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  return entries
    .filter((entry) => entry.isDirectory() && pattern.test(entry.name))
    .map((entry) => join(folder, entry.name));
}

async function filesIn(folder: string): Promise<FoundFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ folder, name, path: join(folder, name) }));
}

async function filesBelow(folder: string): Promise<FoundFile[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((): Dirent[] => []);
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => ({ folder: parentPath, name, path: join(parentPath, name) }));
}
