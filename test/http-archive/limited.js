/**
 * A process of its own that works under shared limits; what it is to do comes as JSON on the command line. Runs the
 * compiled code, as TypeScript cannot be run by every supported Node.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_HTTP, HttpClient, SharedLimits, download, realWorld } from '../../dist/download/index.js';
import { SharedState } from '../../dist/download/shared-state.js';

const job = JSON.parse(process.argv[2]);
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

if (job.count !== undefined) {
  const state = new SharedState(job.folder, 0, (value) => (typeof value === 'number' ? value : null));
  for (let i = 0; i < job.count; i++) await state.update((n) => n + 1);
} else if (job.hold !== undefined) {
  const limits = new SharedLimits(
    job.folder,
    { connections: 1, bytesPerSecond: null, ...job.settings },
    sleep,
  );
  for (let i = 0; i < job.hold; i++) await limits.acquire('small', 0);
  tell({ held: job.hold });
  await new Promise((resolve) => setTimeout(resolve, 3_600_000));
} else {
  const world = realWorld();
  const settings = { ...DEFAULT_HTTP, ...job.settings };
  const client = new HttpClient(settings, world, null, new SharedLimits(job.folder, settings, world.sleep));
  tell({ startedMs: Date.now() });
  let bytes = 0;
  await Promise.all(
    job.urls.map(async (url, i) => {
      const got = await download(client, {
        url,
        target: join(job.dataDir, `${process.pid}-${i}`),
        object: url,
        expectedSha256: null,
        expectedBytes: 0,
        diskReserveBytes: 0,
      });
      bytes += got.bytes;
    }),
  );
  tell({ endedMs: Date.now(), bytes });
  await client.close();
}
