import { ERROR_KINDS, EXIT, type ExitStatus } from '../errors.js';
import type { StatusSnapshot } from './snapshot.js';

/**
 * The exit status that says where the queue stands: 0 while work goes on, 75 when somebody must do something before it
 * goes on. Once all is settled, what `collect` ends with: 0, 3 with holes or failures, or the status of a failure when
 * nothing at all was achieved.
 */
export function exitStatusOf({ isSettled, stalls, failures, holes, symbols }: StatusSnapshot): ExitStatus {
  if (!isSettled) return stalls.some(({ needsAction }) => needsAction) ? EXIT.tryAgain : EXIT.done;
  const first = failures.at(-1);
  if (first && symbols.every(({ state }) => state === 'failed')) {
    return Object.hasOwn(ERROR_KINDS, first.code)
      ? ERROR_KINDS[first.code as keyof typeof ERROR_KINDS].exit
      : EXIT.failed;
  }
  return failures.length + holes.length > 0 ? EXIT.partial : EXIT.done;
}
