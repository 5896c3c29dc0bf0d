import { z } from 'zod';
import type { Backend } from '#backend/create-backend.ts';
import { createCallQueue } from '#electron/hosts/server/call-queue.ts';
import type { SafeDispatch } from '#electron/hosts/server/safe-dispatch.ts';
import { EVENT_TOPICS } from '#shared/contract/backend-events.ts';
import type { WireEvent, WireReply } from '#shared/contract/transport.ts';
import { fail } from '#shared/lib/result.ts';

/** The part of a message port that the wire needs; in the window Electron's, in tests Node's. */
export type Port = {
  on(event: 'message', hear: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', hear: () => void): unknown;
  postMessage(message: WireReply | WireEvent): void;
  start(): void;
  close(): void;
};

export type Served = {
  readonly dispatch: SafeDispatch;
  readonly subscribe: Backend['subscribe'];
};

const QUEUE_LIMITS = { concurrentMax: 8, waitingMax: 64 };

const wireRequest = z.strictObject({ k: z.literal('q'), id: z.int().min(0), m: z.string().max(64), p: z.unknown() });
const asked = z.object({ id: z.int().min(0) });

/** Serves calls and events over one port until it closes. Gives the function that closes it. */
export function servePort(port: Port, { dispatch, subscribe }: Served): () => void {
  const queue = createCallQueue(QUEUE_LIMITS);
  const subscriptions = EVENT_TOPICS.map((topic) =>
    subscribe(topic, (event) => port.postMessage({ k: 'e', t: topic, v: event })),
  );
  port.on('message', ({ data }) => {
    const request = wireRequest.safeParse(data);
    if (!request.success) return refuse(port, data);
    const { id, m, p } = request.data;
    const reply = (v: WireReply['v']): void => port.postMessage({ k: 'r', id, v });
    const isTaken = queue.add(async () => reply(await dispatch(m, p)));
    if (!isTaken) reply(fail({ kind: 'not-possible', message: 'too many calls wait already' }));
  });
  const unsubscribeAll = (): void => {
    for (const unsubscribe of subscriptions) unsubscribe();
  };
  port.on('close', unsubscribeAll);
  port.start();
  return () => {
    unsubscribeAll();
    port.close();
  };
}

/** What is no request but has a number is answered with a failure; what has none cannot be answered. */
function refuse(port: Port, data: unknown): void {
  const numbered = asked.safeParse(data);
  if (!numbered.success) return;
  port.postMessage({ k: 'r', id: numbered.data.id, v: fail({ kind: 'bad-input', message: 'this is no request' }) });
}
