import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';

import { createListeningProcesses } from '#backend/sources/local-engines/listening-processes.ts';

const folders: string[] = [];
const children: ChildProcess[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  for (const child of children.splice(0)) child.kill();
});

/** A server with a child that sleeps, as an engine has its workers; both tell their numbers. */
const SERVER = `
const { createServer } = require('node:http');
const { spawn } = require('node:child_process');
const worker = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
const server = createServer().listen(0, '127.0.0.1', () => console.log([server.address().port, process.pid, worker.pid].join(' ')));
process.on('SIGTERM', () => { worker.kill(); process.exit(); });
`;

describe('the processes of a server on this machine', () => {
  test.skipIf(process.platform !== 'linux')('are the one that listens and those that it started', async () => {
    const child = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const [port, ...pids] = line.split(' ').map(Number);
    const { pids: found } = await createListeningProcesses(() => 0).at(port!);
    expect(found.toSorted((one, other) => one - other)).toEqual(pids.toSorted((one, other) => one - other));
    expect(found).not.toContain(process.pid);
  });

  /** A proc file system of our own: processes by number, with their parent and sockets. */
  function procOf(processes: Readonly<Record<number, { parent: number; name?: string; sockets?: readonly string[] }>>) {
    const root = mkdtempSync(join(tmpdir(), 'tokenwatt-proc-'));
    folders.push(root);
    mkdirSync(join(root, 'net'));
    const head = 'sl local_address rem_address st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode\n';
    const row = (port: number, state: string, inode: string) =>
      `0: 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 ${state} 0:0 0:0 0 0 0 ${inode} 1\n`;
    writeFileSync(join(root, 'net/tcp'), head + row(8000, '0A', '11') + row(8001, '0A', '12') + row(8000, '01', '13'));
    for (const [pid, { parent, name = 'x', sockets = [] }] of Object.entries(processes)) {
      mkdirSync(join(root, pid, 'fd'), { recursive: true });
      writeFileSync(join(root, pid, 'stat'), `${pid} (${name}) S ${parent} 1 1 0`);
      sockets.forEach((socket, index) => symlinkSync(socket, join(root, pid, 'fd', String(index))));
    }
    return root;
  }

  test('are found by the listening socket alone, whatever a process is called', async () => {
    const root = procOf({
      1: { parent: 0 },
      20: { parent: 1, name: 'api ) S 99 (server', sockets: ['socket:[11]', '/dev/null'] },
      21: { parent: 20 },
      22: { parent: 21 },
      30: { parent: 1, sockets: ['socket:[12]', 'socket:[13]'] },
    });
    const processes = createListeningProcesses(() => 0, root);
    expect(new Set((await processes.at(8000)).pids)).toEqual(new Set([20, 21, 22]));
    expect((await processes.at(8001)).pids).toEqual([30]);
    expect((await processes.at(9000)).pids).toEqual([]);
  });

  test('tell what the one that listens was launched with, by the flags that are known, and nothing else of its command', async () => {
    const root = procOf({ 20: { parent: 1, sockets: ['socket:[11]'] } });
    const command = ['vllm', 'serve', 'm', '--api-key', 'secret', '--hf-token=secret', '-tp', '4', '--dtype=auto'];
    writeFileSync(join(root, '20', 'cmdline'), [...command, '--enforce-eager', '--quantization', 'fp8', ''].join('\0'));
    const { settings } = await createListeningProcesses(() => 0, root).at(8000);
    expect(JSON.parse(settings!)).toEqual({
      tensor_parallel: '4',
      dtype: 'auto',
      enforce_eager: 'true',
      quantization: 'fp8',
    });
  });

  test('are asked for again after a while', async () => {
    const root = procOf({ 20: { parent: 1, sockets: ['socket:[11]'] } });
    let now = 0;
    const processes = createListeningProcesses(() => now, root);
    expect((await processes.at(8000)).pids).toEqual([20]);
    rmSync(join(root, '20'), { recursive: true });
    expect((await processes.at(8000)).pids).toEqual([20]);
    now = 31_000;
    expect((await processes.at(8000)).pids).toEqual([]);
  });

  test('are none where there is no such file system', async () => {
    expect(await createListeningProcesses(() => 0, '/nowhere').at(8000)).toEqual({ pids: [], settings: null });
  });
});
