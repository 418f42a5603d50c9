import type { ListPage, ListRequest } from './listing.js';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** What the listing calls the bucket. */
export const BUCKET_NAME = 'tapemill-mirror';

/** `encoding` is the request's `encoding-type`: with `url`, names are percent-encoded. */
export function listingXml(request: ListRequest, page: ListPage, encoding: 'url' | undefined): string {
  const name = (text: string): string => escapeXml(encoding === 'url' ? encodeName(text) : text);
  // S3 leaves NextMarker out when there is no delimiter: the last key goes on.
  const nextMarker =
    page.last === undefined || request.delimiter === '' ? '' : `<NextMarker>${name(page.last)}</NextMarker>`;
  const delimiter = request.delimiter === '' ? '' : `<Delimiter>${name(request.delimiter)}</Delimiter>`;
  const encodingType = encoding === undefined ? '' : `<EncodingType>${encoding}</EncodingType>`;
  const contents = page.contents.map(
    ({ key, facts }) =>
      `<Contents><Key>${name(key)}</Key><LastModified>${new Date(facts.modifiedMs).toISOString()}</LastModified>` +
      `<ETag>${escapeXml(facts.etag)}</ETag><Size>${facts.bytes}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  );
  const prefixes = page.commonPrefixes.map(
    (prefix) => `<CommonPrefixes><Prefix>${name(prefix)}</Prefix></CommonPrefixes>`,
  );
  return (
    `${HEAD}<ListBucketResult xmlns="${NAMESPACE}"><Name>${BUCKET_NAME}</Name>` +
    `<Prefix>${name(request.prefix)}</Prefix><Marker>${name(request.marker)}</Marker>${nextMarker}` +
    `<MaxKeys>${request.maxKeys}</MaxKeys>${delimiter}${encodingType}` +
    `<IsTruncated>${page.isTruncated}</IsTruncated>${contents.join('')}${prefixes.join('')}</ListBucketResult>`
  );
}

/** The body of an error; `resource` is the key or path, or nothing. */
export function errorXml(code: string, message: string, resource?: string): string {
  const key = resource === undefined ? '' : `<Key>${escapeXml(resource)}</Key>`;
  return `${HEAD}<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message>${key}</Error>`;
}

/** As S3 writes names with `encoding-type=url`: slashes stay, a space becomes a plus. */
function encodeName(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeXml(text: string): string {
  return text.replace(/[&<>"\p{Cc}]/gu, (char) => ENTITIES[char] ?? `&#x${char.charCodeAt(0).toString(16)};`);
}
