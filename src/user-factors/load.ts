import { stat } from 'node:fs/promises';
import { register } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type UserFactor, defineFactor } from '../dataset/index.js';
import { TapemillError, fromSystemError } from '../errors.js';
import { type HookData, type LoadedFile, ROOT_MARK } from './module-hooks.js';

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
  const files = new Map<string, LoadedFile>();
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
  for (const file of readHooks()) files.set(file.path, file);
  return { factors, files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

async function importFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  if (!EXTENSIONS.some((extension) => path.endsWith(extension))) {
    const expected = EXTENSIONS.join(', ');
    throw new TapemillError('E_USAGE', `expected a file of factors to end with ${expected}, found ${path}`, {
      path,
    });
  }
  await stat(path).catch((error: unknown) => {
    throw fromSystemError(error, 'reading', path);
  });
  hooks();
  try {
    return (await import(`${pathToFileURL(path).href}${ROOT_MARK}`)) as Record<string, unknown>;
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
  const data: HookData = { port: channel.port2, tapemillUrl: new URL('../index.js', import.meta.url).href };
  register(new URL('../../dist/user-factors/module-hooks.js', import.meta.url), { data, transferList: [channel.port2] });
}

/** What was read so far. A file is read once a process, so its hash is remembered. */
const filesRead: LoadedFile[] = [];

function readHooks(): readonly LoadedFile[] {
  for (;;) {
    const message = port && receiveMessageOnPort(port);
    if (!message) return filesRead;
    filesRead.push(message.message as LoadedFile);
  }
}

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
