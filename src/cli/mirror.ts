import { isIP } from 'node:net';
import { Command, InvalidArgumentError } from 'commander';
import {
  FAULTS,
  FAULT_KINDS,
  type FaultRule,
  type LoggedRequest,
  type Mirror,
  parseFault,
  startMirror,
} from '../mirror/index.js';
import { DATA_TYPES, parseMarket } from '../market/index.js';
import { type SimulatedIndexOptions, simulatedIndex } from '../simulator/index.js';
import { parseRange } from '../time/index.js';
import { formatBytes, formatCount, formatTable } from './table.js';

const EXAMPLES = `Examples:
  tapemill mirror sim                                              serve the archive in folder sim
  tapemill mirror sim --fault reset:*.zip:1 --verbose              the first request of each ZIP breaks off
  tapemill mirror sim --fault 503:10% --fault throttle=200000      one request in ten fails, the rest is slow
  tapemill mirror --list-faults
  tapemill mirror --simulated-index symbols=700,start=2020-01,end=2025-06   a listing of full size, no objects

In another terminal:
  tapemill collect SIMAUSDT --archive http://127.0.0.1:8099

`;

const FAULT_HELP = `
A fault is kind[=value][:pattern][:probability or count]:
  pattern       the whole key, * standing for anything (*.zip, *BTCUSDT*.CHECKSUM); of index faults, the prefix
  probability   0.1 or 10%: of the matching requests, drawn by --seed; the same requests give the same faults
  count         3: the first three matching requests of each key
Without pattern and amount it strikes every request. Several faults may strike one request.
`;

interface Options {
  readonly port: number;
  readonly host: string;
  readonly fault: readonly FaultRule[];
  readonly seed: number;
  readonly simulatedIndex?: SimulatedIndexOptions;
  readonly listFaults?: true;
  readonly verbose?: true;
  readonly json?: true;
}

export function mirrorCommand(): Command {
  return new Command('mirror')
    .description(
      "Serve a folder with the archive's tree over HTTP as the public archive does, faults on demand.",
    )
    .addHelpText('before', EXAMPLES)
    .argument('[folder]', 'the folder that holds data/')
    .option('--port <n>', 'port to listen on; 0 for any free one', portNumber, 8099)
    .option('--host <address>', 'address to listen on; loopback unless said otherwise', '127.0.0.1')
    .option('--fault <fault>', 'a fault to make, see below; may be repeated', collectFault, [])
    .option('--seed <integer>', 'of the chance in faults', wholeNumber, 1)
    .option(
      '--simulated-index <options>',
      'instead of a folder, serve a made-up listing of a market: symbols=, start=, end=, market=, type=, seed=',
      parseSimulatedIndex,
    )
    .option('--list-faults', 'print the kinds of faults and exit')
    .option('--verbose', 'print a line for every request')
    .option('--json', 'print NDJSON: where it listens, with --verbose every request, totals at the end')
    .addHelpText('after', FAULT_HELP)
    .action(run);
}

async function run(folder: string | undefined, options: Options, command: Command): Promise<void> {
  if (options.listFaults) {
    process.stdout.write(options.json ? `${JSON.stringify(listed(), undefined, 2)}\n` : faultTable());
    return;
  }
  const { simulatedIndex: index } = options;
  if (folder === undefined && !index) return command.error("error: missing required argument 'folder'");
  const mirror = await startMirror({
    ...(folder === undefined ? {} : { root: folder }),
    ...(index ? { index: simulatedIndex(index) } : {}),
    port: options.port,
    host: options.host,
    faults: options.fault,
    seed: options.seed,
    ...(options.verbose ? { onRequest: options.json ? printJson : printLine } : {}),
  });
  // Listened for before the URL is printed: whoever waits for it may stop us at once.
  const stopped = stopSignal();
  process.stdout.write(
    options.json ? `${JSON.stringify(listening(mirror, options))}\n` : greeting(mirror, options),
  );
  await stopped;
  await mirror.close();
  const { total, bodyBytes } = mirror.requests;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ type: 'stopped', requests: total, bodyBytes })}\n`
      : `stopped after ${formatCount(total)} requests, ${formatBytes(bodyBytes)}\n`,
  );
}

/** Resolves on SIGINT or SIGTERM; the second one is no longer ours and ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}

function greeting(mirror: Mirror, { fault, host, simulatedIndex: index }: Options): string {
  const faults = fault.map((rule) => `  fault ${describe(rule)}\n`).join('');
  const open = isLoopback(host) ? '' : `  open to other machines: it listens on ${host}\n`;
  return (
    `${mirror.root} is served at ${mirror.url}\n${open}${faults}` +
    `  tapemill ${index ? 'symbols --ranges' : 'collect SYMBOL'} --archive ${mirror.url}\n` +
    `  curl '${mirror.url}/?delimiter=/&prefix=data/'\n` +
    'Ctrl-C stops it.\n'
  );
}

function describe({ kind, value, pattern, probability, count }: FaultRule): string {
  const amount = probability === undefined ? (count ?? '') : `${100 * probability}%`;
  const parts = [
    `${kind}${value === undefined ? '' : `=${value}`}`,
    typeof pattern === 'string' ? pattern : '*',
  ];
  return [...parts, ...(amount === '' ? [] : [String(amount)])].join(':');
}

function listening(mirror: Mirror, { fault, seed }: Options): object {
  return { type: 'listening', url: mirror.url, root: mirror.root, seed, faults: fault };
}

function printJson(request: LoggedRequest): void {
  process.stdout.write(`${JSON.stringify({ type: 'request', ...request })}\n`);
}

function printLine({
  method,
  url,
  range,
  status,
  bodyBytes,
  startedMs,
  endedMs,
  faults,
  outcome,
}: LoggedRequest): void {
  const parts = [
    method.padEnd(4),
    status ?? '---',
    url,
    ...(range === undefined ? [] : [range]),
    formatBytes(bodyBytes),
    `${(endedMs ?? startedMs) - startedMs} ms`,
    ...(outcome === 'sent' ? [] : [outcome]),
    ...(faults.length > 0 ? [`[${faults.join(', ')}]`] : []),
  ];
  process.stdout.write(`${parts.join('  ')}\n`);
}

function listed(): object[] {
  return FAULT_KINDS.map((kind) => {
    const { target, description, value } = FAULTS[kind];
    return { kind, target, description, ...(value === undefined ? {} : { value }) };
  });
}

function faultTable(): string {
  const rows = FAULT_KINDS.map((kind) => {
    const { value, description } = FAULTS[kind];
    return [kind, value ? `${value.meaning}, ${value.default}` : '', description];
  });
  return `${formatTable(['kind', 'value, default', 'what it does'], rows).join('\n')}\n`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function collectFault(text: string, before: readonly FaultRule[]): readonly FaultRule[] {
  return [...before, parseFault(text)];
}

/** @throws `E_USAGE`, `E_PERIOD` */
function parseSimulatedIndex(text: string): SimulatedIndexOptions {
  const given = new Map(
    text.split(',').map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    }),
  );
  const unknown = [...given.keys()].find((name) => !/^(?:symbols|start|end|market|type|seed)$/.test(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`there is no "${unknown}" in it.`);
  const [start, end] = [given.get('start') ?? '2020-01', given.get('end') ?? '2025-06'];
  const type = given.get('type') ?? 'aggTrades';
  const dataType = DATA_TYPES.find((candidate) => candidate === type);
  if (!dataType) throw new InvalidArgumentError(`"${type}" is no data type.`);
  return {
    market: parseMarket(given.get('market') ?? 'um'),
    symbols: wholeNumber(given.get('symbols') ?? '700'),
    range: parseRange(start, end),
    dataType,
    seed: wholeNumber(given.get('seed') ?? '1'),
  };
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('expected a port from 0 to 65535.');
  return port;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('expected a whole number from 0 up.');
  return Number(text);
}
