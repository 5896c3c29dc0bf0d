import { WebSocket } from 'ws';
import type { Backend } from '#backend/create-backend.ts';
import { callServer } from '#electron/hosts/server-client.ts';
import { startServer, type Server } from '#electron/hosts/server/start-server.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import type { Transport } from '#shared/contract/transport.ts';
import { createSocketTransport } from './socket-transport.ts';
import { describeTransport } from './transport-suite.ts';

describeTransport(
  'a call in process',
  (backend) => {
    const transport: Transport = {
      call: (name: string, input: unknown) => dispatch(backend.api, name, input),
      subscribe: (topic, hear) => backend.subscribe(topic, hear),
      onConnection: () => () => undefined,
    };
    return Promise.resolve({ transport, close: () => Promise.resolve() });
  },
  { carriesEvents: true },
);

describeTransport(
  'HTTP',
  async (backend) => {
    const server = await serve(backend);
    const transport = {
      call: (name: string, input: unknown) => callServer(server, name, input),
      subscribe: () => () => undefined,
      onConnection: () => () => undefined,
    };
    return { transport, close: () => server.stop() };
  },
  { carriesEvents: false },
);

describeTransport(
  'a WebSocket',
  async (backend) => {
    const server = await serve(backend);
    const headers = { Authorization: `Bearer ${server.token}` };
    const transport = await createSocketTransport(new WebSocket(`ws://127.0.0.1:${server.port}/api/live`, { headers }));
    return { transport, close: () => server.stop() };
  },
  { carriesEvents: true },
);

async function serve(backend: Backend): Promise<Server> {
  const limits = { requestsBurst: 100 };
  const started = await startServer({ backend, port: 0, host: '127.0.0.1', rendererFolder: '/does/not/exist', limits });
  if (!started.ok) throw new Error(started.failure.message);
  return started.value;
}
