import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, type Server, connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CSV, KEY, ZIP, afterTest, newFolder, sha256Of } from './setup.js';

const CHILD = fileURLToPath(new URL('open-one.js', import.meta.url));
const NO_OPENSSL = noOpenssl();

function noOpenssl(): string | null {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' });
    return null;
  } catch {
    return 'there is no openssl here to make a certificate with';
  }
}

/** An archive of one object, which a name that does not resolve and a certificate of our own stand for. */
async function httpsArchive(): Promise<{ port: number; certificate: string }> {
  const folder = await newFolder();
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=archive.test', '-addext', 'subjectAltName=DNS:archive.test'];
  const made = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-keyout',
    key,
    '-out',
    certificate,
  ];
  execFileSync('openssl', ['req', '-x509', '-nodes', '-days', '2', ...made, ...subject], { stdio: 'pipe' });
  const pems = { key: readFileSync(key), cert: readFileSync(certificate) };
  const server = createHttps(pems, (request, response) => {
    if (request.url === `/${KEY}`) response.end(ZIP);
    else if (request.url === `/${KEY}.CHECKSUM`)
      response.end(`${sha256Of(ZIP)}  ${KEY.split('/').at(-1)!}\n`);
    else response.writeHead(404).end();
  });
  return { port: await listen(server), certificate };
}

/** @param judge the status that CONNECT gets; null: no answer at all */
async function connectProxy(
  port: number,
  judge: (request: IncomingMessage) => number | null,
): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createHttp((_, response) =>
    response.writeHead(407, { 'Proxy-Authenticate': 'Basic' }).end(),
  );
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    seen.push(`${request.url!} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    client.on('error', () => undefined);
    const status = judge(request);
    if (status === null) return;
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  return { url: `127.0.0.1:${await listen(server)}`, seen };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sockets = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  afterTest(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

type Outcome = { bytes: number; checksum: string } | { code: string; message: string };

async function open(url: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/_proxy$|^NODE_EXTRA_CA_CERTS$/i.test(name)),
  );
  const job = JSON.stringify({ url, key: KEY, dataDir: await newFolder() });
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [CHILD, job], { env: { ...inherited, ...env } }, (error, out, errors) => {
      if (error || errors !== '') reject(error ?? new Error(errors));
      else resolve(out);
    });
  });
  return JSON.parse(stdout) as Outcome;
}

const WHOLE = { bytes: Buffer.byteLength(CSV), checksum: 'verified' };

describe.skipIf(NO_OPENSSL !== null)(
  `an https archive behind a proxy${NO_OPENSSL === null ? '' : ` (${NO_OPENSSL})`}`,
  () => {
    it('is reached by CONNECT, with the credentials of the proxy, which the archive does not get', async () => {
      const { port, certificate } = await httpsArchive();
      const proxy = await connectProxy(port, ({ headers }) =>
        headers['proxy-authorization'] === `Basic ${btoa('us er:p@ss')}` ? 200 : 407,
      );
      const env = { NODE_EXTRA_CA_CERTS: certificate };
      const known = await open('https://archive.test', {
        ...env,
        HTTPS_PROXY: `http://us%20er:p%40ss@${proxy.url}`,
      });
      expect(known).toEqual(WHOLE);
      expect(new Set(proxy.seen)).toEqual(new Set([`archive.test:443 Basic ${btoa('us er:p@ss')}`]));
      const unknown = await open('https://archive.test', {
        ...env,
        https_proxy: `http://nobody:x@${proxy.url}`,
      });
      expect(unknown).toMatchObject({
        code: 'E_FORBIDDEN',
        message: expect.stringContaining('407') as string,
      });
      expect(JSON.stringify(unknown)).not.toContain('nobody');
      expect(
        await open('https://archive.test', { ...env, HTTPS_PROXY: `http://${proxy.url}`, NO_PROXY: '.test' }),
      ).toMatchObject({
        code: 'E_NETWORK',
        message: expect.stringContaining('archive.test') as string,
      });
    });

    it('of a certificate that nobody vouches for is not read', async () => {
      const { port } = await httpsArchive();
      const proxy = await connectProxy(port, () => 200);
      const outcome = await open('https://archive.test', { HTTPS_PROXY: `http://${proxy.url}` });
      expect(outcome).toMatchObject({
        code: 'E_NETWORK',
        message: expect.stringMatching(/self-signed certificate/) as string,
      });
      // Asking again does not make it valid.
      expect(proxy.seen).toHaveLength(1);
    });

    it('that refuses or does not answer is E_NETWORK', async () => {
      const { port, certificate } = await httpsArchive();
      for (const [status, said] of [
        [403, /proxy refused.*403/],
        [502, /proxy refused.*502/],
        [null, /in time/],
      ] as const) {
        const proxy = await connectProxy(port, () => status);
        const env = { HTTPS_PROXY: `http://${proxy.url}`, NODE_EXTRA_CA_CERTS: certificate };
        const outcome = await open('https://archive.test', env);
        expect(outcome).toMatchObject({ code: 'E_NETWORK', message: expect.stringMatching(said) as string });
        expect(proxy.seen).toHaveLength(2);
      }
    });
  },
);

describe('an http archive behind a proxy', () => {
  it('that wants credentials is E_FORBIDDEN without them', async () => {
    const proxy = await connectProxy(0, () => 200);
    const outcome = await open('http://archive.test', { HTTP_PROXY: `http://${proxy.url}` });
    expect(outcome).toMatchObject({ code: 'E_FORBIDDEN', message: expect.stringContaining('407') as string });
  });

  it('that does not answer is E_NETWORK, as soon as any other server', async () => {
    const server = createHttp(() => undefined);
    const port = await listen(server);
    const startedMs = Date.now();
    const outcome = await open('http://archive.test', { HTTP_PROXY: `http://127.0.0.1:${port}` });
    expect(outcome).toMatchObject({
      code: 'E_NETWORK',
      message: expect.stringContaining('no answer in time') as string,
    });
    expect(Date.now() - startedMs).toBeLessThan(8000);
  });
});
