import type { FolderEntry } from './folder-cache.js';
import type { KeyTree, ObjectFacts } from './key-tree.js';
import { compareUtf8 } from './utf8-order.js';

/** S3 gives no more on a page. */
export const MAX_KEYS = 1000;

export interface ListRequest {
  readonly prefix: string;
  /** Empty: none. */
  readonly delimiter: string;
  /** Only what sorts after it is listed; empty: from the start. */
  readonly marker: string;
  /** 0 … 1000 */
  readonly maxKeys: number;
}

export interface ListPage {
  readonly contents: readonly { readonly key: string; readonly facts: ObjectFacts }[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  /** The last key or common prefix of a truncated page. */
  readonly last?: string;
}

interface Item {
  /** A key, or a common prefix. */
  readonly name: string;
  readonly isPrefix: boolean;
}

/**
 * One page of S3's first listing version: keys and common prefixes that start with `prefix` and sort after
 * `marker`, together at most `maxKeys`, in the order of their UTF-8 bytes.
 */
export async function listPage(tree: KeyTree, request: ListRequest): Promise<ListPage> {
  const { items, isTruncated } = await takeItems(tree, request);
  const keys = items.filter((item) => !item.isPrefix);
  const found = await Promise.all(
    keys.map(async ({ name: key }) => ({ key, facts: await tree.facts(key).catch(() => undefined) })),
  );
  const last = isTruncated ? items.at(-1)?.name : undefined;
  return {
    // An object that was deleted since its folder was read has no facts any more.
    contents: found.flatMap(({ key, facts }) => (facts ? [{ key, facts }] : [])),
    commonPrefixes: items.filter((item) => item.isPrefix).map((item) => item.name),
    isTruncated,
    ...(last === undefined ? {} : { last }),
  };
}

async function takeItems(
  tree: KeyTree,
  { prefix, delimiter, marker, maxKeys }: ListRequest,
): Promise<{ items: Item[]; isTruncated: boolean }> {
  const items: Item[] = [];
  if (maxKeys === 0) return { items, isTruncated: false };
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const query = { prefix, after: marker, rollUp: delimiter === '/' };
  for await (const key of walk(tree, folder, await tree.entries(folder), query)) {
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const name = at < 0 ? key : key.slice(0, at + delimiter.length);
    // A common prefix that was on an earlier page, or is on this one already.
    if (compareUtf8(name, marker) <= 0 || items.at(-1)?.name === name) continue;
    if (items.length === maxKeys) return { items, isTruncated: true };
    items.push({ name, isPrefix: at >= 0 });
  }
  return { items, isTruncated: false };
}

interface Walk {
  readonly prefix: string;
  readonly after: string;
  /** Give a folder beyond the prefix as one name that ends with a slash, without entering it. */
  readonly rollUp: boolean;
}

/** Keys below a folder in order. Folders that lie outside the prefix or before `after` are not read. */
async function* walk(
  tree: KeyTree,
  folder: string,
  entries: readonly FolderEntry[],
  query: Walk,
): AsyncGenerator<string> {
  const { prefix, after, rollUp } = query;
  // The folder that the marker lies in comes before it.
  for (let at = Math.max(0, firstBehind(folder, entries, after) - 1); at < entries.length; at++) {
    const entry = entries[at]!;
    const name = folder + entry.sortName;
    if (!name.startsWith(prefix)) {
      if (compareUtf8(name, prefix) > 0) return;
      continue;
    }
    const isBehind = compareUtf8(name, after) <= 0;
    if (!entry.isFolder) {
      if (!isBehind) yield name;
    } else if (rollUp) {
      if (!isBehind && (await tree.hasKeys(name))) yield name;
    } else if (!isBehind || after.startsWith(name)) {
      yield* walk(tree, name, await tree.entriesBelow(name), query);
    }
  }
}

/** Index of the first entry that sorts after the marker: a folder of thousands is not gone through for every page. */
function firstBehind(folder: string, entries: readonly FolderEntry[], after: string): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareUtf8(folder + entries[middle]!.sortName, after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
