/**
 * What happens when a file of factors is loaded: runs in a thread of its own, where Node runs such hooks. `tapemill` is this
 * very package, wherever the file lies; types are stripped; every file that is read is reported with its SHA-256.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { MessagePort } from 'node:worker_threads';

/** What the hooks are told when they are registered. */
export interface HookData {
  readonly port: MessagePort;
  /** URL of the module that `tapemill` stands for. */
  readonly tapemillUrl: string;
}

/** What the hooks tell: a file that was read, and which file imports which. All are read and linked once a process. */
export type HookMessage =
  | { readonly type: 'file'; readonly url: string; readonly path: string; readonly sha256: string }
  | { readonly type: 'import'; readonly from: string; readonly to: string };

let told: HookData | undefined;
const own = new Set<string>();

function tell(message: HookMessage): void {
  told?.port.postMessage(message);
}

export const initialize: InitializeHook<HookData> = (data) => {
  told = data;
};

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  if (specifier === 'tapemill' && told) return { url: told.tapemillUrl, shortCircuit: true };
  const resolved = await nextResolve(specifier, context);
  // What a file of factors imports by a path belongs to it; packages do not.
  const isRoot = specifier.endsWith(ROOT_MARK);
  const isRelative =
    context.parentURL !== undefined && own.has(context.parentURL) && /^\.{0,2}\//.test(specifier);
  if (isRoot || isRelative) own.add(resolved.url);
  if (isRelative) tell({ type: 'import', from: context.parentURL!, to: resolved.url });
  return resolved;
};

/** Ends the URL that the loader imports, so that the hooks know whose files to look after. */
export const ROOT_MARK = '?tapemill-factors';

export const load: LoadHook = async (url, context, nextLoad) => {
  if (!own.has(url)) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const bytes = await readFile(path);
  tell({ type: 'file', url, path, sha256: createHash('sha256').update(bytes).digest('hex') });
  if (!/\.m?ts$/.test(path)) {
    const format = path.endsWith('.cjs') ? 'commonjs' : 'module';
    return { format, source: bytes, shortCircuit: true };
  }
  // Not by Node's own stripping, which Node 20 lacks and others warn of.
  const { transformSync } = await import('@swc/wasm-typescript');
  const { code } = transformSync(bytes.toString('utf8'), { mode: 'strip-only', filename: path });
  return { format: 'module', source: code, shortCircuit: true };
};
