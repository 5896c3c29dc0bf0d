import type { CallFailure } from '#shared/contract/backend-api.ts';
import type { BackendEvents, EventTopic } from '#shared/contract/backend-events.ts';
import type { Connection, Transport, WireEvent, WireReply, WireRequest } from '#shared/contract/transport.ts';
import { fail, type Result } from '#shared/lib/result.ts';

/** What every message wire shares: requests waiting for replies, hearers of events, and whether the wire is up. */
export type WireLink = Transport & {
  /** The wire is up and takes messages by `send`; requests that waited for it leave now. */
  up(send: (request: WireRequest) => void): void;
  /** The wire is gone: every request in flight fails as disconnected. */
  down(): void;
  /** A message came in. What is not of the wire's shape is ignored. */
  receive(message: unknown): void;
};

type Waiting = { readonly request: WireRequest; readonly settle: (reply: Result<unknown, CallFailure>) => void };

const CALLS_WAITING_MAX = 200;
const CALL_SECONDS_MAX = 60;

const DISCONNECTED: CallFailure = { kind: 'disconnected', message: 'The backend cannot be reached.' };
const CROWDED: CallFailure = { kind: 'failed', message: 'Too many calls are waiting for an answer.' };
const SLOW: CallFailure = { kind: 'failed', message: `No answer came within ${CALL_SECONDS_MAX} seconds.` };

export function createWireLink(): WireLink {
  const waiting = new Map<number, Waiting>();
  const hearers = new Map<string, Set<(event: never) => void>>();
  const connectionHearers = new Set<(state: Connection) => void>();
  let state: Connection = 'connecting';
  let sendNow: ((request: WireRequest) => void) | null = null;
  let lastId = 0;

  const become = (next: Connection): void => {
    if (next === state) return;
    state = next;
    for (const hear of connectionHearers) hear(next);
  };

  const failAll = (): void => {
    for (const [id, { settle }] of waiting) {
      waiting.delete(id);
      settle(fail(DISCONNECTED));
    }
  };

  return {
    call(name, input) {
      if (state === 'lost') return Promise.resolve(fail(DISCONNECTED));
      if (waiting.size >= CALLS_WAITING_MAX) return Promise.resolve(fail(CROWDED));
      lastId += 1;
      const request: WireRequest = { k: 'q', id: lastId, m: name, p: input };
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(request.id);
          resolve(fail(SLOW));
        }, CALL_SECONDS_MAX * 1000);
        const settle = (reply: Result<unknown, CallFailure>): void => {
          clearTimeout(timer);
          resolve(reply);
        };
        waiting.set(request.id, { request, settle });
        sendNow?.(request);
      });
    },
    subscribe<Topic extends EventTopic>(topic: Topic, hear: (event: BackendEvents[Topic]) => void) {
      const topicHearers = hearers.get(topic) ?? new Set();
      hearers.set(topic, topicHearers);
      topicHearers.add(hear);
      return () => void topicHearers.delete(hear);
    },
    onConnection(hear) {
      connectionHearers.add(hear);
      hear(state);
      return () => void connectionHearers.delete(hear);
    },
    up(send) {
      // A second wire in place of a living one (a restarted backend) never answers what the first was asked.
      if (sendNow !== null) failAll();
      sendNow = send;
      for (const { request } of waiting.values()) send(request);
      become('open');
    },
    down() {
      sendNow = null;
      failAll();
      become('lost');
    },
    receive(message) {
      if (isReply(message)) {
        const asked = waiting.get(message.id);
        waiting.delete(message.id);
        asked?.settle(message.v);
      } else if (isEvent(message)) {
        for (const hear of hearers.get(message.t) ?? []) hear(message.v as never);
      }
    },
  };
}

function isReply(message: unknown): message is WireReply {
  return isRecord(message) && message['k'] === 'r' && typeof message['id'] === 'number' && isRecord(message['v']);
}

function isEvent(message: unknown): message is WireEvent {
  return isRecord(message) && message['k'] === 'e' && typeof message['t'] === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
