/**
 * Writes the pages that are made from code: docs/factors.md, docs/errors.md, docs/defects.md,
 * docs/wide-table.md, docs/cli.md. Needs a build.
 *
 *     node scripts/generate-docs.js           writes them
 *     node scripts/generate-docs.js --check   exits with 1 when one is not up to date
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { renderCliReference } from '../dist/cli/reference.js';
import { renderWideTableDocs } from '../dist/dataset/index.js';
import { ERROR_KINDS } from '../dist/errors.js';
import { renderFactorDocs } from '../dist/factors/index.js';
import { DEFECT_KINDS } from '../dist/simulator/index.js';

function renderErrorDocs() {
  const rows = Object.entries(ERROR_KINDS).map(
    ([code, kind]) =>
      `| \`${code}\` | ${kind.exit} | ${kind.meaning} | ${kind.remedy} | ${kind.retryable ? 'yes' : 'no'} |\n`,
  );
  return `# Error codes

<!-- Made by scripts/generate-docs.js from src/errors.ts; do not edit. -->

Every failure that tapemill detects carries one of these codes; they are never renamed. The exit status is that of
the command line. Anything without a code is a bug.

| code | exit status | what happened | what to do | worth trying again as it is |
| --- | --- | --- | --- | --- |
${rows.join('')}`;
}

function renderDefectDocs() {
  const rows = DEFECT_KINDS.map(
    ({ kind, target, dataType, description }) =>
      `| \`${kind}\` | ${dataType} | ${target} | ${description} |\n`,
  );
  return `# Defects that the simulator plants

<!-- Made by scripts/generate-docs.js from src/simulator; do not edit. -->

\`tapemill simulate --defect kind[:SYMBOL[:PERIOD]]\`; see [simulator.md](simulator.md). The period is, by target,
\`rows\`: a day, changed in its daily and its monthly object (given as a month: one day of it, in the monthly object
only); \`object\`: a month or a day, exactly that object; \`month\`, \`day\`: the monthly or daily object; \`life\`:
a day from which the symbol's life changes, in all objects.

| kind | data | target | what it does |
| --- | --- | --- | --- |
${rows.join('')}`;
}

const pages = {
  'factors.md': renderFactorDocs(),
  'errors.md': renderErrorDocs(),
  'defects.md': renderDefectDocs(),
  'wide-table.md': renderWideTableDocs(),
  'cli.md': await renderCliReference(),
};
const check = process.argv.includes('--check');
for (const [name, text] of Object.entries(pages)) {
  const file = new URL(`../docs/${name}`, import.meta.url);
  if (!check) {
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    console.error(`docs/${name} is not up to date; run npm run docs`);
    process.exitCode = 1;
  }
}
