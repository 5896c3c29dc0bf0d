import type { Result } from '#shared/lib/result.ts';
import type { CallFailure } from './backend-api.ts';
import type { BackendEvents, EventTopic } from './backend-events.ts';

export type Connection = 'connecting' | 'open' | 'lost';

/** The two things a wire must do. Every host has one; nothing above it knows which. */
export type Transport = {
  /** Sends one call. Input and answer are plain data; the backend's side checks the input. */
  call(name: string, input: unknown): Promise<Result<unknown, CallFailure>>;
  /** Hears one topic until the returned function is called. */
  subscribe<Topic extends EventTopic>(topic: Topic, hear: (event: BackendEvents[Topic]) => void): () => void;
  /** Hears whether the backend can be reached; called at once with the present state. */
  onConnection(hear: (state: Connection) => void): () => void;
};

/** One wire shape for all transports that carry messages: request, reply, event. */
export type WireRequest = { readonly k: 'q'; readonly id: number; readonly m: string; readonly p: unknown };
export type WireReply = { readonly k: 'r'; readonly id: number; readonly v: Result<unknown, CallFailure> };
export type WireEvent = { readonly k: 'e'; readonly t: EventTopic; readonly v: unknown };
