import { type LedgerView, durationText, plural, readStatus } from '../watch/index.js';
import { type Finding, ok, trouble } from './check.js';

/** Workers and tasks: what was lost, what failed, what stands still. */
export function checkQueue({ db }: LedgerView, nowMs: number): Finding[] {
  const snapshot = readStatus(db, { nowMs });
  const findings: Finding[] = [];
  const lost = new Set(snapshot.workers.filter(({ state }) => state === 'lost').map(({ id }) => id));
  const known = new Set(snapshot.workers.map(({ id }) => id));
  const orphans = db
    .all("SELECT key, owner, lease_until FROM tasks WHERE state = 'running'")
    .filter(
      (row) =>
        lost.has(row['owner'] as string) ||
        !known.has(row['owner'] as string) ||
        (row['lease_until'] as number) <= nowMs,
    );
  if (orphans.length > 0) {
    findings.push(
      trouble(
        'warn',
        'lost-tasks',
        'Workers',
        `${plural(orphans.length, 'task')} of workers that are gone, or whose lease has run out`,
        'They become pending again as soon as any worker looks for work.',
        { isFixable: true, items: orphans.map((row) => `${String(row['key'])} (${String(row['owner'])})`) },
      ),
    );
  } else if (lost.size > 0) {
    findings.push(
      trouble(
        'warn',
        'lost-workers',
        'Workers',
        `${plural(lost.size, 'worker')} ended without saying so`,
        'Nothing is left of them to do. If it happens often, look at memory: fewer --workers.',
        { items: [...lost] },
      ),
    );
  } else {
    const living = snapshot.workers.filter(({ state }) => state === 'working' || state === 'idle').length;
    findings.push(ok('workers', 'Workers', living === 0 ? 'none at work' : `${living} at work, none lost`));
  }
  const { failures, stalls, tasks } = snapshot;
  if (failures.length > 0) {
    findings.push(
      trouble(
        'warn',
        'failed-tasks',
        'Tasks',
        `${plural(failures.length, 'task')} failed`,
        '`tapemill status --all` says why. Running the same collect again tries them again.',
        { items: failures.map(({ key, group, code }) => `${key ?? group} (${code})`) },
      ),
    );
  } else {
    const left = tasks.pending + tasks.running;
    findings.push(ok('tasks', 'Tasks', `${plural(tasks.done, 'task')} done, ${left} left, none failed`));
  }
  for (const { kind, message, remedy, needsAction, sinceMs } of stalls) {
    if (!needsAction) continue;
    const since = durationText((nowMs - sinceMs) / 1000);
    findings.push(trouble('warn', `stall-${kind}`, 'Stall', `${message} (for ${since})`, remedy));
  }
  return findings;
}
