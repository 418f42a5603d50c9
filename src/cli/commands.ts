import type { Command } from 'commander';

/** A command of tapemill: what lists of commands say of it, and where it is. */
export interface CommandEntry {
  readonly name: string;
  /** One line; the command's own help says more. */
  readonly summary: string;
  readonly group: CommandGroup;
  /** Only the command that runs is loaded: all of them take longer than most of them run. */
  load(): Promise<Command>;
}

export const COMMAND_GROUPS = ['Collect:', 'Make:', 'Look:', 'Prove:', 'Tools:'] as const;
export type CommandGroup = (typeof COMMAND_GROUPS)[number];

/** All commands, as `tapemill --help` lists them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'collect',
    summary: 'mill objects of an archive into the minute layer and 1h factors',
    group: 'Collect:',
    load: async () => (await import('./collect.js')).collectCommand(),
  },
  {
    name: 'plan',
    summary: 'what collect would fetch and mill; nothing is done',
    group: 'Collect:',
    load: async () => (await import('./plan.js')).planCommand(),
  },
  {
    name: 'refresh',
    summary: 'find what changed upstream, and rebuild just that',
    group: 'Collect:',
    load: async () => (await import('./refresh.js')).refreshCommand(),
  },
  {
    name: 'worker',
    summary: 'join the queue of a data folder',
    group: 'Collect:',
    load: async () => (await import('./worker.js')).workerCommand(),
  },
  {
    name: 'symbols',
    summary: 'symbols that an archive has, delisted ones too',
    group: 'Collect:',
    load: async () => (await import('./symbols.js')).symbolsCommand(),
  },
  {
    name: 'import',
    summary: 'bring in files that you have: liquidations, ratios, tickers, trades',
    group: 'Collect:',
    load: async () => (await import('./import.js')).importCommand(),
  },
  {
    name: 'factors',
    summary: 'bars and order-flow factors of any frequency, from the layer alone',
    group: 'Make:',
    load: async () => (await import('./factors.js')).factorsCommand(),
  },
  {
    name: 'dataset',
    summary: 'the wide table: build, check, describe, report, export',
    group: 'Make:',
    load: async () => (await import('./dataset.js')).datasetCommand(),
  },
  {
    name: 'liquidations',
    summary: 'factors of liquidations',
    group: 'Make:',
    load: async () => (await import('./liquidations.js')).liquidationsCommand(),
  },
  {
    name: 'plot',
    summary: 'price, CVD, volume, liquidations, funding, OI as PNG, SVG or a page',
    group: 'Look:',
    load: async () => (await import('./plot.js')).plotCommand(),
  },
  {
    name: 'tearsheet',
    summary: 'what a factor says of the returns after it: IC, quantiles, decay, turnover',
    group: 'Look:',
    load: async () => (await import('./tearsheet.js')).tearsheetCommand(),
  },
  {
    name: 'status',
    summary: 'where a collection stands: progress, workers, failures, holes',
    group: 'Look:',
    load: async () => (await import('./status.js')).statusCommand(),
  },
  {
    name: 'serve',
    summary: 'a dashboard in the browser: work, coverage, charts, quality',
    group: 'Look:',
    load: async () => (await import('./serve.js')).serveCommand(),
  },
  {
    name: 'query',
    summary: 'SQL over the minute layer and the factors',
    group: 'Look:',
    load: async () => (await import('./query.js')).queryCommand(),
  },
  {
    name: 'audit',
    summary: "every minute of the layer beside the exchange's own kline",
    group: 'Prove:',
    load: async () => (await import('./audit.js')).auditCommand(),
  },
  {
    name: 'explain',
    summary: 'one number, down to the rows of its object',
    group: 'Prove:',
    load: async () => (await import('./explain.js')).explainCommand(),
  },
  {
    name: 'doctor',
    summary: 'check this machine, the data folder and the archive; repair what is safe',
    group: 'Prove:',
    load: async () => (await import('./doctor.js')).doctorCommand(),
  },
  {
    name: 'simulate',
    summary: 'write a synthetic archive, with defects on demand',
    group: 'Tools:',
    load: async () => (await import('./simulate.js')).simulateCommand(),
  },
  {
    name: 'mirror',
    summary: "serve an archive's tree over HTTP, with faults on demand",
    group: 'Tools:',
    load: async () => (await import('./mirror.js')).mirrorCommand(),
  },
  {
    name: 'completion',
    summary: 'completion of commands, options and symbols for bash, zsh and fish',
    group: 'Tools:',
    load: async () => (await import('./completion.js')).completionCommand(),
  },
];
