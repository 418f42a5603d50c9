/** A process of its own that opens one object of an archive, as its environment's proxies and certificates let it. */
import { HttpArchive } from '../../dist/archive/index.js';
import { parseObjectKey } from '../../dist/market/index.js';

const { url, key, dataDir } = JSON.parse(process.argv[2]);
const settings = {
  attempts: 2,
  backoffMs: 10,
  connectTimeoutMs: 500,
  headersTimeoutMs: 500,
  stallTimeoutMs: 500,
};
const archive = new HttpArchive(url, { dataDir, diskReserveBytes: 0, ...settings });
const entry = { name: parseObjectKey(key), key, bytes: 0, hasChecksum: true, etag: null, lastModified: null };
try {
  const object = await archive.open(entry);
  let bytes = 0;
  for await (const chunk of object.read()) bytes += chunk.length;
  await object.close();
  console.log(JSON.stringify({ bytes, checksum: object.facts.checksum }));
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
await archive.close();
