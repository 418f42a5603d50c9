import { type IncomingMessage, type ServerResponse, createServer as create } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterTest } from './setup.js';

/** A server for what the mirror would never do; ends with the test. Returns its URL. */
export async function createServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = create(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterTest(
    () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
