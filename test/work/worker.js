// A worker of the pool for its tests: plain JavaScript, because a thread cannot load TypeScript.
import { setTimeout as sleep } from 'node:timers/promises';
import { TapemillError } from '../../dist/errors.js';
import { serveTasks } from '../../dist/work/index.js';

serveTasks(async (task, report, signal) => {
  switch (task.do) {
    case 'answer':
      await sleep(task.ms ?? 0);
      return task.value;
    case 'report':
      for (let i = 0; i < task.times; i++) report(i);
      return 'reported';
    case 'throw':
      throw new TypeError(task.message);
    case 'fail':
      throw new TapemillError('E_ZIP', task.message, { object: 'x.zip', line: 3 });
    case 'exit':
      return process.exit(task.code);
    case 'crash':
      setTimeout(() => {
        throw new Error('from nowhere');
      });
      return new Promise(() => undefined);
    case 'wait':
      report('waiting');
      await sleep(60_000, undefined, { signal });
      return 'never';
    default:
      throw new Error(`no such task: ${task.do}`);
  }
});
