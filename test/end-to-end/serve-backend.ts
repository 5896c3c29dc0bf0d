import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema } from '#backend/config.ts';
import { createBackend, type Backend } from '#backend/create-backend.ts';
import { callServer } from '#electron/hosts/server-client.ts';
import { startServer } from '#electron/hosts/server/start-server.ts';
import { createClient, type BackendClient } from '#shared/contract/client.ts';
import type { Result } from '#shared/lib/result.ts';
import type { z } from 'zod';

/** A backend in memory over these sources. Throws when it does not start. */
export async function startBackend(config: z.input<typeof configSchema>): Promise<Backend> {
  const made = await createBackend({
    host: 'server',
    dataFolder: null,
    config: configSchema.parse(config),
    startSampleFleet: () => Promise.reject(new Error('this backend has sources of its own')),
  });
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

export type ServedBackend = { readonly client: BackendClient; stop(): Promise<void> };

/** The same behind the headless server, asked over HTTP as a script would. */
export async function serveBackend(config: z.input<typeof configSchema>): Promise<ServedBackend> {
  const backend = await startBackend(config);
  const rendererFolder = await mkdtemp(join(tmpdir(), 'tokenwatt-no-screens-'));
  await writeFile(join(rendererFolder, 'index.html'), '<!doctype html>');
  const started = await startServer({ backend, port: 0, host: '127.0.0.1', rendererFolder });
  await rm(rendererFolder, { recursive: true });
  if (!started.ok) throw new Error(started.failure.message);
  const server = started.value;
  const client = createClient({
    call: (name, input) => callServer(server, name, input),
    subscribe: () => () => undefined,
    onConnection: () => () => undefined,
  });
  return {
    client,
    stop: async () => {
      await server.stop();
      await backend.stop();
    },
  };
}

/** The value of an answer that must be there. */
export async function answerOf<Value>(answer: Promise<Result<Value, { readonly message: string }>>): Promise<Value> {
  const result = await answer;
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}
