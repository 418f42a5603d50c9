// @ts-check
import { parseArgs } from 'node:util';
import { CONTENDERS } from './contenders.js';

const HELP = `Usage: npm run bench -- [options]

  --rows <count>   ticks per month; default 10000000
  --runs <count>   rounds, each measuring every contender once; default 5
  --only <ids>     some contenders: ${CONTENDERS.map(({ id }) => id).join(',')}
  --json           print all figures as JSON
  --help
`;

/** @returns {{ rows: number, runs: number, only: string[] | null, json: boolean }} */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '10000000' },
      runs: { type: 'string', default: '5' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const only = values.only?.split(',') ?? null;
  const unknown = only?.find((id) => !CONTENDERS.some((contender) => contender.id === id));
  if (unknown !== undefined) fail(`there is no contender "${unknown}"`);
  return {
    rows: wholeNumber('--rows', values.rows),
    runs: wholeNumber('--runs', values.runs),
    only,
    json: values.json,
  };
}

/** @param {string} option @param {string} text */
export function wholeNumber(option, text) {
  const number = Number(text.replaceAll(/[_,]/g, ''));
  if (!Number.isSafeInteger(number) || number < 1)
    fail(`expected a positive whole number for ${option}, found "${text}"`);
  return number;
}

/** @param {string} message @returns {never} */
function fail(message) {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(2);
}
