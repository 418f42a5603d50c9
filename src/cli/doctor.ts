import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { EXIT } from '../errors.js';
import { dataDirOption } from './options.js';

const EXAMPLES = `Examples:
  tapemill doctor                                   this machine, ./data and the public archive
  tapemill doctor --data-dir /mnt/data --offline    without asking anybody
  tapemill doctor --archive http://127.0.0.1:8099   another archive
  tapemill doctor --fix                             and repair what can be repaired without loss

--fix removes temporary files and locks of processes that have ended, makes a missing or damaged ledger anew from the
layer (the damaged file is kept beside it), and gives tasks of lost workers back to the queue.

`;

const EXIT_HELP = `
Exit status: 0 nothing failed (there may be warnings), 1 something did.`;

interface DoctorOptions {
  readonly dataDir: string;
  readonly archive: string;
  readonly index?: string;
  readonly json?: true;
  readonly fix?: true;
  readonly offline?: true;
  readonly all?: true;
  readonly color: boolean;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check this machine, the data folder and the archive, and repair what is safe to repair')
    .addOption(dataDirOption())
    .addOption(
      new Option('--archive <location>', 'URL or local folder that holds data/')
        .env('TAPEMILL_ARCHIVE')
        .default('https://data.binance.vision'),
    )
    .addOption(new Option('--index <url>', 'S3 listing of the archive').env('TAPEMILL_INDEX'))
    .option('--fix', 'do the repairs that lose nothing')
    .option('--offline', 'do not ask the archive')
    .option('--all', 'every file and task that a finding is about')
    .option('--no-color', 'without colours (also: NO_COLOR)')
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_HELP)
    .action(async (options: DoctorOptions) => {
      // Loading database and kernel takes longer than showing the help does.
      const { examine, renderDiagnosis } = await import('../doctor/index.js');
      const { styleFor } = await import('../watch/index.js');
      const { isHttpUrl } = await import('../archive/index.js');
      const { archive, index, fix, offline, json, all, color } = options;
      const diagnosis = await examine({
        dataDir: resolve(options.dataDir),
        archive: isHttpUrl(archive) ? archive : resolve(archive),
        index: index ?? null,
        fix: fix === true,
        offline: offline === true,
      });
      const exitStatus = diagnosis.findings.some(({ level }) => level === 'fail') ? EXIT.failed : EXIT.done;
      if (json) {
        console.log(JSON.stringify({ type: 'doctor', schemaVersion: 1, exitStatus, ...diagnosis }));
      } else {
        const width = Math.max(40, process.stdout.isTTY ? process.stdout.columns : 80);
        const style = styleFor(process.stdout, process.env, color);
        for (const line of renderDiagnosis(diagnosis, { ...style, width, all: all === true }))
          console.log(line);
      }
      process.exitCode = exitStatus;
    });
}
