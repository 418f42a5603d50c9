/** Writes the manual page, which is made from the commands, to dist/man/tapemill.1. Needs a build. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { renderManPage } from '../dist/cli/reference.js';

const folder = new URL('../dist/man/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('tapemill.1', folder), await renderManPage());
