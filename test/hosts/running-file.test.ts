import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { proofOf, randomSecret } from '#electron/hosts/challenge.ts';
import { claimRunning, readRunning } from '#electron/hosts/running-file.ts';
import { isOurs, presenceOf } from '#electron/hosts/server-client.ts';
import { serveTiny } from './server/serve-tiny.ts';

describe('running.json', () => {
  let around: string;
  let folder: string;
  beforeEach(() => {
    around = mkdtempSync(join(tmpdir(), 'tokenwatt-running-'));
    folder = join(around, 'data');
  });
  afterEach(() => rmSync(around, { recursive: true }));

  const running = (port = 4711) => ({ pid: process.pid, port, token: randomSecret() });
  const nobody = () => Promise.resolve(false);

  it('is readable by its owner only, in a folder that is too', async () => {
    const claimed = await claimRunning(folder, running(), nobody);
    expect(claimed.ok).toBe(true);
    expect(statSync(join(folder, 'running.json')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('goes away when it is released, unless a later server wrote its own', async () => {
    const first = await claimRunning(folder, running(), nobody);
    const second = running();
    await claimRunning(folder, second, nobody);
    if (first.ok) first.value();
    expect(readRunning(folder)).toEqual(second);
    rmSync(join(folder, 'running.json'));
    const third = await claimRunning(folder, running(), nobody);
    if (third.ok) third.value();
    expect(readRunning(folder)).toBeNull();
  });

  it('is refused while its server lives, with the process that holds it', async () => {
    const { server } = await serveTiny();
    await claimRunning(folder, { pid: 4321, port: server.port, token: server.token }, isOurs);
    const again = await claimRunning(folder, running(), isOurs);
    expect(again).toMatchObject({ ok: false, failure: { kind: 'locked', message: expect.stringContaining('4321') } });
    await server.stop();
    expect((await claimRunning(folder, running(), isOurs)).ok).toBe(true);
  });

  it('is taken over from a crash, also when its process id lives on in another program', async () => {
    // Our own process id is alive, but nothing of ours answers on that port.
    await claimRunning(folder, running(1), nobody);
    expect((await claimRunning(folder, running(), isOurs)).ok).toBe(true);
  });

  it('is taken over when it is damaged', async () => {
    await claimRunning(folder, running(), nobody);
    writeFileSync(join(folder, 'running.json'), '{"pid":');
    expect(readRunning(folder)).toBeNull();
    expect((await claimRunning(folder, running(), isOurs)).ok).toBe(true);
    expect(() => JSON.parse(readFileSync(join(folder, 'running.json'), 'utf8')) as unknown).not.toThrow();
  });

  it('says why when the folder cannot be written', async () => {
    writeFileSync(folder, 'a file, not a folder');
    const claimed = await claimRunning(folder, running(), nobody);
    expect(claimed).toMatchObject({ ok: false, failure: { kind: 'failed' } });
  });
});

describe('a foreign server on the remembered port', () => {
  it('is recognised, and never sees the token', async () => {
    const token = randomSecret();
    const seen: string[] = [];
    const foreign = createServer((request, response) => {
      seen.push(`${request.url} ${JSON.stringify(request.headers)}`);
      response.end(JSON.stringify({ proof: randomSecret() }));
    });
    await new Promise<void>((resolve) => {
      foreign.listen(0, '127.0.0.1', resolve);
    });
    const { port } = foreign.address() as AddressInfo;
    expect(await isOurs({ pid: process.pid, port, token })).toBe(false);
    expect(seen).toHaveLength(1);
    expect(seen.join()).not.toContain(token);
    foreign.close();
  });

  it('is silent, and not gone, while its process lives and does not answer', async () => {
    const deaf = createServer(() => undefined);
    await new Promise<void>((resolve) => {
      deaf.listen(0, '127.0.0.1', resolve);
    });
    const { port } = deaf.address() as AddressInfo;
    const token = randomSecret();
    expect(await presenceOf({ pid: process.pid, port, token }, 100)).toBe('silent');
    expect(await presenceOf({ pid: 2 ** 30, port, token }, 100)).toBe('gone');
    deaf.closeAllConnections();
    await new Promise((resolve) => {
      deaf.close(resolve);
    });
    expect(await presenceOf({ pid: process.pid, port, token })).toBe('gone');
  });

  it('cannot pass the question on to ours, because the port is part of the proof', () => {
    const [token, nonce] = [randomSecret(), randomSecret()];
    expect(proofOf(token, { nonce, port: 1 })).not.toBe(proofOf(token, { nonce, port: 2 }));
  });
});
