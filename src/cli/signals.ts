import { constants } from 'node:os';

export interface Interruption {
  readonly signal: AbortSignal;
  readonly name: () => string;
  /** 130 or 143. */
  readonly exitStatus: () => number;
  readonly release: () => void;
}

/** The first SIGINT or SIGTERM stops cleanly, the second at once. */
export function watchSignals(): Interruption {
  const controller = new AbortController();
  let name: 'SIGINT' | 'SIGTERM' = 'SIGINT';
  const exitStatus = (): number => 128 + constants.signals[name];
  const onSignal = (received: 'SIGINT' | 'SIGTERM'): void => {
    name = received;
    if (controller.signal.aborted) process.exit(exitStatus());
    controller.abort(new Error(`stopped by ${received}`));
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    name: () => name,
    exitStatus,
    release: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}
