import { type Exchange, sendError, sendText } from './exchange.js';
import { type ListPage, type ListRequest, MAX_KEYS, listPage } from './listing.js';
import { errorXml, listingXml } from './s3-xml.js';

const XML = { 'Content-Type': 'application/xml' };
const EMPTY_PAGE: ListPage = { contents: [], commonPrefixes: [], isTruncated: false };
const ERROR_PAGE =
  '<!DOCTYPE html>\n<html><head><title>503 Service Temporarily Unavailable</title></head>' +
  '<body><h1>503 Service Temporarily Unavailable</h1></body></html>\n';

/** Answers a request for the index: a page of the listing. */
export async function answerIndex(exchange: Exchange, query: URLSearchParams): Promise<'sent'> {
  const maxKeys = parseMaxKeys(query.get('max-keys'));
  const encoding = query.get('encoding-type') ?? undefined;
  if (maxKeys === undefined || (encoding !== undefined && encoding !== 'url')) {
    const name = maxKeys === undefined ? 'max-keys' : 'encoding-type';
    return sendError(exchange, 400, { code: 'InvalidArgument', message: `Invalid value of ${name}` });
  }
  if (query.has('list-type') && query.get('list-type') !== '1') {
    const message = 'This mirror has the first listing version only; leave list-type out.';
    return sendError(exchange, 501, { code: 'NotImplemented', message });
  }
  const request: ListRequest = {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    marker: query.get('marker') ?? '',
    maxKeys,
  };
  // A HEAD asks whether there is an index; S3 does not list for it.
  if (exchange.request.method === 'HEAD') return sendText(exchange, 200, XML, '');
  return sendPage(exchange, request, encoding);
}

async function sendPage(
  exchange: Exchange,
  request: ListRequest,
  encoding: 'url' | undefined,
): Promise<'sent'> {
  const spoil = exchange.effects.index;
  if (spoil === 'error-page') return sendText(exchange, 200, { 'Content-Type': 'text/html' }, ERROR_PAGE);
  if (spoil === 'error-body') {
    return sendText(exchange, 200, XML, errorXml('InternalError', 'We encountered an internal error.'));
  }
  if (spoil === 'blank') return sendText(exchange, 200, XML, '');
  if (spoil === 'empty') return sendText(exchange, 200, XML, listingXml(request, EMPTY_PAGE, encoding));
  const listed = spoil === 'ignore-marker' ? { ...request, marker: '' } : request;
  const xml = listingXml(request, await listPage(exchange.tree, listed), encoding);
  return sendText(exchange, 200, XML, spoil === 'cut' ? xml.slice(0, Math.floor(xml.length / 2)) : xml);
}

/** `undefined` when it is no number from 0 up. */
function parseMaxKeys(text: string | null): number | undefined {
  if (text === null || text === '') return MAX_KEYS;
  return /^\d{1,9}$/.test(text) ? Math.min(MAX_KEYS, Number(text)) : undefined;
}
