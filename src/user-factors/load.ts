import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type UserFactor, defineFactor } from '../dataset/index.js';
import { TapemillError, fromSystemError } from '../errors.js';
import { type HookData, type HookMessage, ROOT_MARK } from './module-hooks.js';

/** A file that factors come from. */
export interface LoadedFile {
  readonly path: string;
  readonly sha256: string;
}

export interface UserFactors {
  /** In the order of the files, and within one of its exports. */
  readonly factors: readonly UserFactor[];
  /** Every file that was read for them, imports of theirs included, by path. */
  readonly files: readonly LoadedFile[];
}

const EXTENSIONS = ['.js', '.mjs', '.ts', '.mts'] as const;

/**
 * Loads files of `defineFactor({…})`. A file exports factors or lists of them, under any names; those that it keeps to
 * itself are not added. It may import `tapemill`, other files, and what is installed beside it. TypeScript needs no build,
 * but only its types may go beyond JavaScript (no enums).
 *
 * @throws `E_USAGE` for a file that is not there, cannot be read as a module or exports no factor, and for a factor that
 * `defineFactor` refuses
 */
export async function loadUserFactors(paths: readonly string[]): Promise<UserFactors> {
  const factors: UserFactor[] = [];
  for (const path of paths) {
    const exported = await importFile(resolve(path));
    const found = Object.values(exported).flatMap((value) =>
      Array.isArray(value) ? (value as unknown[]) : [value],
    );
    // A default export that repeats a named one is the same factor.
    const own = [...new Set(found)].filter(isFactor).map((factor) => {
      const { window, ...rest } = factor;
      return defineFactor(window === null ? rest : { ...rest, window });
    });
    if (own.length === 0) {
      throw new TapemillError(
        'E_USAGE',
        `${path} exports no factor: expected export const … = defineFactor({…})`,
        {
          path,
        },
      );
    }
    factors.push(...own);
  }
  return { factors, files: filesBehind(paths.map(urlOf)) };
}

async function importFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  if (!EXTENSIONS.some((extension) => path.endsWith(extension))) {
    const expected = EXTENSIONS.join(', ');
    throw new TapemillError('E_USAGE', `expected a file of factors to end with ${expected}, found ${path}`, {
      path,
    });
  }
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fromSystemError(error, 'reading', path);
  });
  // Whoever imports in a way of its own, as test runners do, keeps the hooks from seeing it.
  const url = urlOf(path);
  if (!filesRead.has(url)) {
    filesRead.set(url, { path, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  hooks();
  try {
    return (await import(url)) as Record<string, unknown>;
  } catch (error) {
    throw new TapemillError(
      'E_USAGE',
      `${path} cannot be loaded: ${reasonOf(error)}`,
      { path },
      { cause: error },
    );
  }
}

let port: MessagePort | undefined;

/** Once a process: hooks cannot be taken back. They leave all modules alone but those that a file of factors imports. */
function hooks(): void {
  if (port) return;
  const channel = new MessageChannel();
  port = channel.port1;
  port.unref();
  // Hooks run in a thread of their own, which knows compiled modules alone, also where this one runs from its source.
  const compiled = (name: string): URL => new URL(`../../dist/${name}`, import.meta.url);
  const data: HookData = { port: channel.port2, tapemillUrl: compiled('index.js').href };
  register(compiled('user-factors/module-hooks.js'), { data, transferList: [channel.port2] });
}

const filesRead = new Map<string, LoadedFile>();
const importsOf = new Map<string, Set<string>>();

/** The files of these modules and of all that they import, by path. */
function filesBehind(roots: readonly string[]): LoadedFile[] {
  for (let received; (received = port && receiveMessageOnPort(port));) {
    const message = received.message as HookMessage;
    if (message.type === 'file') filesRead.set(message.url, { path: message.path, sha256: message.sha256 });
    else importsOf.set(message.from, (importsOf.get(message.from) ?? new Set()).add(message.to));
  }
  const seen = new Set(roots);
  for (const url of seen) importsOf.get(url)?.forEach((imported) => seen.add(imported));
  return [...seen].flatMap((url) => filesRead.get(url) ?? []).sort((a, b) => (a.path < b.path ? -1 : 1));
}

const urlOf = (path: string): string => `${pathToFileURL(resolve(path)).href}${ROOT_MARK}`;

/** Of a module that cannot be loaded, with the place when the reader of TypeScript says one. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    const { message, startLine, startColumn, snippet } = (error ?? {}) as Partial<
      Record<string, string | number>
    >;
    if (message === undefined) return String(error);
    return `line ${startLine}, column ${Number(startColumn) + 1}: ${message}\n${snippet ?? ''}`.trimEnd();
  }
  // Node puts the place of a syntax error above the stack.
  const place = /^(?:file:\/\/)?(\S+:\d+)\n/.exec(error.stack ?? '');
  return error instanceof SyntaxError && place ? `${error.message} (${place[1]})` : error.message;
}

function isFactor(value: unknown): value is UserFactor {
  if (typeof value !== 'object' || value === null) return false;
  const { name, inputs, compute } = value as Record<string, unknown>;
  return typeof name === 'string' && Array.isArray(inputs) && typeof compute === 'function';
}
