import { once } from 'node:events';
import type { WebSocket } from 'ws';
import type { EventTopic } from '#shared/contract/backend-events.ts';
import type { Transport, WireEvent, WireReply } from '#shared/contract/transport.ts';

/** The client's side of the WebSocket wire in its plainest form: the browser's own is tested with the renderer. */
export async function createSocketTransport(socket: WebSocket): Promise<Transport> {
  await once(socket, 'open');
  const replies = new Map<number, (reply: WireReply['v']) => void>();
  const hearers: { readonly topic: EventTopic; readonly hear: (event: never) => void }[] = [];
  let lastId = 0;
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8')) as WireReply | WireEvent;
    if (message.k === 'r') replies.get(message.id)?.(message.v);
    else for (const { topic, hear } of hearers) if (topic === message.t) hear(message.v as never);
  });
  return {
    call: (m, p) =>
      new Promise((resolve) => {
        lastId += 1;
        replies.set(lastId, resolve);
        socket.send(JSON.stringify({ k: 'q', id: lastId, m, p }));
      }),
    subscribe(topic, hear) {
      const hearer = { topic, hear };
      hearers.push(hearer);
      return () => hearers.splice(hearers.indexOf(hearer), 1);
    },
    onConnection: () => () => undefined,
  };
}
