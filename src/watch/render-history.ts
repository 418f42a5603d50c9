import { durationText, instantText } from './format.js';
import type { TaskHistory } from './history.js';
import { Style, type StyleOptions } from './style.js';
import { fit, plain, wrap } from './text.js';
import type { WorkEvent } from '../work/index.js';

/** Every event of a task, a line or more each, the oldest first. */
export function renderHistory(
  { key, task, events }: TaskHistory,
  options: StyleOptions & { readonly width: number },
): string[] {
  const { width } = options;
  const style = new Style(options);
  const state =
    task === null
      ? 'no longer queued'
      : `${task.state}${task.reason === null ? '' : `: ${plain(task.reason)}`}`;
  const indent = 21;
  return [
    style.paint(fit(key, width, style.more), 'strong'),
    ...wrap(state, width - 2).map((line) => `  ${line}`),
    ...(events.length === 0 ? ['  Nothing has happened to it in this ledger.'] : []),
    ...events.flatMap((event) => {
      const text = plain(describe(event));
      if (width < 60) {
        return [
          style.paint(instantText(event.atMs), 'dim'),
          ...wrap(text, width - 2).map((line) => `  ${line}`),
        ];
      }
      return wrap(text, width - indent).map((line, i) =>
        i === 0 ? `${style.paint(instantText(event.atMs), 'dim')}  ${line}` : ' '.repeat(indent) + line,
      );
    }),
  ];
}

function describe({ type, worker, data }: WorkEvent): string {
  const facts = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  const says = (name: string): string => {
    const value = facts[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const by = worker === null ? '' : ` by ${worker}`;
  switch (type) {
    case 'task-queued':
      return 'queued';
    case 'task-claimed':
      return `claimed${by}, attempt ${says('attempt')}`;
    case 'task-done':
      return `done${by}`;
    case 'task-failed':
      return `failed for good: ${says('code')}: ${says('reason')}`;
    case 'task-missing':
      return `missing: ${says('reason')}`;
    case 'task-retry':
      return (
        `attempt ${says('attempt')} failed: ${says('code')}: ${says('reason')}; ` +
        `again in ${durationText(Number(says('retryDelayMs')) / 1000)}`
      );
    case 'task-lost':
      return `lost: ${says('reason')}`;
    case 'task-handed-back':
      return `handed back${by}: ${says('why')}`;
    case 'download': {
      const { type: what, ...rest } = facts;
      return `download, ${typeof what === 'string' ? what : 'something'}${by}: ${summary(rest)}`;
    }
    default:
      return `${type}${by}${facts === data ? `: ${summary(facts)}` : ''}`;
  }
}

/** Plain members only: accounts and lists are what `--json` is for. */
function summary(facts: Record<string, unknown>): string {
  return Object.entries(facts)
    .filter(
      ([, value]) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean',
    )
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
