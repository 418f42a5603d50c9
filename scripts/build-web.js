// Compiles web/ to dist/web and puts beside it what is no code. The types of src/ must be in dist/ already.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

rmSync('dist/web', { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'web/tsconfig.json'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
mkdirSync('dist/web/css', { recursive: true });
for (const name of ['index.html', 'icon.svg']) cpSync(`web/${name}`, `dist/web/${name}`);
for (const name of readdirSync('web/css')) cpSync(`web/css/${name}`, `dist/web/css/${name}`);
