import { spawn } from 'node:child_process';
import { Command, InvalidArgumentError, Option } from 'commander';
import { dataDirOption, queueOption } from './options.js';
import { watchSignals } from './signals.js';

const EXAMPLES = `Examples:
  tapemill serve                                    the dashboard of ./data at http://127.0.0.1:8787
  tapemill serve --data-dir sim-data --port 0       of another folder, at any free port
  tapemill serve --open                             and show it in the browser
  tapemill serve --host 0.0.0.0 --allow-host lab.example.com
                                                    to other machines too, who call this one lab.example.com

Only looks: it may run while others collect, and changes nothing in the data folder.

`;

const EXIT_HELP = `
Anybody who reaches the address may look at the data: there is no password. Ctrl-C stops it.

Exit status: 130 after Ctrl-C, 143 after SIGTERM, 2 when the port is taken.`;

interface Options {
  readonly dataDir: string;
  readonly port: number;
  readonly host: string;
  readonly allowHost: readonly string[];
  readonly queue?: string;
  readonly open?: true;
  readonly json?: true;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('a local dashboard: live status, coverage, charts, quality')
    .addHelpText('before', EXAMPLES)
    .addOption(dataDirOption())
    .option('--port <n>', 'port to listen on; 0 for any free one', portNumber, 8787)
    .option('--host <address>', 'address to listen on; loopback unless said otherwise', '127.0.0.1')
    .addOption(
      new Option(
        '--allow-host <name>',
        'a name (or name:port) that browsers call this server; may be repeated',
      )
        .argParser((text: string, before: readonly string[]) => [...before, text])
        .default([], 'this machine only'),
    )
    .addOption(queueOption())
    .option('--open', 'show it in the browser')
    .option('--json', 'print NDJSON: where it listens, and when it stopped')
    .addHelpText('after', EXIT_HELP)
    .action(async (options: Options) => {
      process.exitCode = await runServe(options);
    });
}

async function runServe(options: Options): Promise<number> {
  // Loading these takes longer than showing the help does.
  const { isLoopback, parseAllowedHost, startDashboard } = await import('../serve/index.js');
  const { dataDir, port, host, queue } = options;
  const dashboard = await startDashboard({
    ...{ dataDir, port, host },
    allowHosts: options.allowHost.map(parseAllowedHost),
    ...(queue !== undefined && { queue }),
    onBug: (error) => {
      console.error('tapemill: a bug, please report it:');
      console.error(error);
    },
  });
  // Listened for before the URL is printed: whoever waits for it may stop us at once.
  const interruption = watchSignals();
  try {
    if (!isLoopback(host)) {
      console.error(
        `tapemill: it listens on ${host}: whoever reaches this machine may look at the data, without a password`,
      );
    }
    console.log(
      options.json
        ? JSON.stringify({ type: 'listening', url: dashboard.url, port: dashboard.port })
        : `${dashboard.url}  (Ctrl-C stops it)`,
    );
    if (options.open) openBrowser(dashboard.url);
    await aborted(interruption.signal);
    await dashboard.close();
    if (options.json) console.log(JSON.stringify({ type: 'stopped', signal: interruption.name() }));
    return interruption.exitStatus();
  } finally {
    interruption.release();
    await dashboard.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener('abort', () => {
        resolve();
      });
  });
}

/** Where there is no browser to be found, the URL is on the screen. */
function openBrowser(url: string): void {
  const [command, args]: readonly [string, readonly string[]] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['explorer.exe', [url]]
        : ['xdg-open', [url]];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {
    console.error(`tapemill: no browser found to open (${command}); the address is above`);
  });
  child.unref();
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError('expected a port from 0 to 65535.');
  return port;
}
