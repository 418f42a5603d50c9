import { isSystemError } from './errors.js';

/** Whether a process of this machine is there, whoever's it is. Its number may have passed to another one. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isSystemError(error, 'EPERM');
  }
}
