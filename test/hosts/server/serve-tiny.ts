import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startServer, type Server, type ServerOptions } from '#electron/hosts/server/start-server.ts';
import { tinyBackend, type TinyBackend } from './tiny-backend.ts';

export type Served = { readonly server: Server; readonly backend: TinyBackend; readonly origin: string };

/** A real server on a free port of this machine, over the tiny backend and a renderer of three files. */
export async function serveTiny(options: Partial<ServerOptions> = {}): Promise<Served> {
  const backend = tinyBackend();
  const rendererFolder = tinyRenderer();
  const started = await startServer({ backend, port: 0, host: '127.0.0.1', rendererFolder, ...options });
  // The files are read once, at the start.
  rmSync(dirname(rendererFolder), { recursive: true });
  if (!started.ok) throw new Error(started.failure.message);
  return { server: started.value, backend, origin: `http://127.0.0.1:${started.value.port}` };
}

/** Headers of a script that knows the token. */
export function scriptHeaders(server: Server): Record<string, string> {
  return { Authorization: `Bearer ${server.token}`, 'Content-Type': 'application/json', 'X-Tokenwatt': '1' };
}

/** Opens the server's link as a browser's page would, and gives the cookie. */
export async function signIn(server: Server): Promise<string> {
  const answer = await postCode(server, new URL(server.url).hash.slice(1));
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

export function postCode(server: Server, code: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}/api/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Tokenwatt': '1' },
    body: JSON.stringify({ code }),
  });
}

/** A built renderer of three files, with a file beside it that must never be served. */
function tinyRenderer(): string {
  const around = mkdtempSync(join(tmpdir(), 'tokenwatt-renderer-'));
  const folder = join(around, 'renderer');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>tiny</title>');
  writeFileSync(join(folder, 'assets', 'main.js'), 'export {};');
  writeFileSync(join(folder, 'assets', 'main.js.map'), '{}');
  writeFileSync(join(around, 'outside.html'), 'outside');
  return folder;
}
