import type { WorldOptions } from '../download/index.js';
import type { Archive } from './archive.js';
import { isHttpUrl } from './http-location.js';
import { HttpArchive, type HttpArchiveOptions } from './http.js';
import { LocalArchive } from './local.js';

/**
 * The archive at a location, as `--archive` names it.
 * @param location an http(s) URL or a folder
 * @param options plain data; of no interest to a folder
 * @throws `E_USAGE`
 */
export function openArchive(location: string, options: HttpArchiveOptions, world?: WorldOptions): Archive {
  return isHttpUrl(location) ? new HttpArchive(location, options, world) : new LocalArchive(location);
}
