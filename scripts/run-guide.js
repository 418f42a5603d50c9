/**
 * Runs what a page tells its reader to type, as written: every `sh` block below a line `<!-- run -->`, in order, in one
 * empty folder where `npx tapemill` is this checkout. Stops at the first command that fails. Needs a build.
 *
 *     node scripts/run-guide.js README.md docs/guides/first-dataset.md
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const BLOCK = /^<!-- run -->\n+```sh\n([\s\S]*?)^```$/gm;

function folderWithTapemill() {
  const folder = mkdtempSync(join(tmpdir(), 'tapemill-guide-'));
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules/tapemill'));
  symlinkSync(join(root, 'bin/tapemill.js'), join(folder, 'node_modules/.bin/tapemill'));
  return folder;
}

for (const page of process.argv.slice(2)) {
  const blocks = [...readFileSync(join(root, page), 'utf8').matchAll(BLOCK)].map(([, commands]) => commands);
  if (blocks.length === 0) {
    console.error(`${page}: no block to run`);
    process.exitCode = 1;
    continue;
  }
  const cwd = folderWithTapemill();
  for (const commands of blocks) {
    console.log(commands.trimEnd().replace(/^/gm, `${page} $ `));
    const { status } = spawnSync('bash', ['-euo', 'pipefail', '-c', commands], { cwd, stdio: 'inherit' });
    if (status !== 0) {
      console.error(`${page}: a command failed with ${status}`);
      process.exitCode = 1;
      break;
    }
  }
  rmSync(cwd, { recursive: true, force: true });
}
