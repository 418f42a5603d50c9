/** A page of an S3 listing as texts: entities resolved, nothing interpreted. Null for what is not there or empty. */
export interface PageTexts {
  readonly contents: readonly {
    readonly key: string | null;
    readonly size: string | null;
    readonly etag: string | null;
    readonly lastModified: string | null;
  }[];
  readonly prefixes: readonly (string | null)[];
  readonly isTruncated: string | null;
  readonly nextMarker: string | null;
  readonly encodingType: string | null;
}

/**
 * Reads a page the way S3 and most of its likes write it: plain tags without attributes, and no markup that starts
 * with `<!`. A planning run reads thousands of pages, and a general parser takes seven times as long.
 *
 * @returns null for any other XML, and for entities of other kinds: a general parser is to judge it
 */
export function scanPage(xml: string): PageTexts | null {
  if (xml.includes('<!') || !/^\uFEFF?\s*(?:<\?xml[^>]*\?>\s*)?<ListBucketResult[\s>]/.test(xml)) return null;
  const contents: PageTexts['contents'][number][] = [];
  const prefixes: (string | null)[] = [];
  try {
    // What is outside the blocks, where the page speaks of itself.
    let own = '';
    let at = 0;
    const starts = /<(Contents|CommonPrefixes)>/g;
    for (;;) {
      const next = nextBlock(xml, starts, at);
      if (next === null) break;
      own += xml.slice(at, next.start);
      const block = xml.slice(next.start, next.end);
      if (next.tag === 'Contents') {
        contents.push({
          key: field(block, 'Key'),
          size: field(block, 'Size'),
          etag: field(block, 'ETag'),
          lastModified: field(block, 'LastModified'),
        });
      } else {
        prefixes.push(field(block, 'Prefix'));
      }
      at = next.end;
    }
    own += xml.slice(at);
    // Tags that the search above did not take for its own, with attributes or a namespace.
    if (/<(?:[\w.-]+:)?(?:Contents|CommonPrefixes)\b/.test(own)) return null;
    return {
      contents,
      prefixes,
      isTruncated: field(own, 'IsTruncated'),
      nextMarker: field(own, 'NextMarker'),
      encodingType: field(own, 'EncodingType'),
    };
  } catch (error) {
    if (error instanceof NotPlain) return null;
    throw error;
  }
}

class NotPlain extends Error {}

type Tag = 'Contents' | 'CommonPrefixes';

function nextBlock(
  xml: string,
  starts: RegExp,
  from: number,
): { tag: Tag; start: number; end: number } | null {
  starts.lastIndex = from;
  const found = starts.exec(xml);
  if (!found) return null;
  const tag = found[1] as Tag;
  const close = `</${tag}>`;
  const end = xml.indexOf(close, starts.lastIndex);
  if (end < 0) throw new NotPlain();
  return { tag, start: found.index, end: end + close.length };
}

function field(block: string, tag: string): string | null {
  const open = `<${tag}>`;
  const start = block.indexOf(open);
  if (start < 0) {
    // With attributes, a namespace, or closed at once.
    if (block.includes(tag) && new RegExp(`<(?:[\\w.-]+:)?${tag}[\\s/>]`).test(block)) throw new NotPlain();
    return null;
  }
  const from = start + open.length;
  const end = block.indexOf('<', from);
  if (end < 0 || !block.startsWith(`</${tag}>`, end) || block.includes(open, end)) throw new NotPlain();
  const text = block.slice(from, end).trim();
  if (text === '') return null;
  return text.includes('&') ? resolveEntities(text) : text;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function resolveEntities(text: string): string {
  const resolved = text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (_, hex, decimal, name) => {
    if (typeof name === 'string') return NAMED[name] ?? notPlain();
    const code = typeof hex === 'string' ? parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : notPlain();
  });
  // An ampersand of no entity.
  return /&(?!(?:#x[0-9a-f]{1,6}|#\d{1,7}|\w+);)/i.test(text) ? notPlain() : resolved;
}

function notPlain(): never {
  throw new NotPlain();
}
