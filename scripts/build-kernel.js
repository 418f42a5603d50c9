// Compiles assembly/ to dist/tick-kernel.wasm, next to where tsc puts the rest.
import { mkdirSync } from 'node:fs';
import asc from 'assemblyscript/asc';

mkdirSync('dist', { recursive: true });
const { error, stderr } = await asc.main([
  'assembly/index.ts',
  ...['--outFile', 'dist/tick-kernel.wasm'],
  ...['--enable', 'simd', '--runtime', 'stub', '--use', 'abort='],
  ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert'],
  // A month needs up to 80 MiB; more than 1 GiB is a bug, not a month.
  ...['--initialMemory', '64', '--maximumMemory', '16384'],
  ...process.argv.slice(2),
]);
if (error) {
  console.error(stderr.toString());
  process.exit(1);
}
