import { spawn } from 'node:child_process';

/** What opens a file on each system. `start` is a word of the command line of Windows, whose first argument is a title. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Shows a page in the system's browser, without waiting for it. False when there is nothing that could. */
export async function openBrowser(target: string): Promise<boolean> {
  const [command, ...rest] = OPENERS[process.platform] ?? ['xdg-open'];
  return await new Promise((resolve) => {
    const child = spawn(command, [...rest, target], { detached: true, stdio: 'ignore' });
    child.once('error', () => {
      resolve(false);
    });
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
