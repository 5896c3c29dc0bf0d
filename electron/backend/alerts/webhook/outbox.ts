import type { Clock } from '#backend/clock.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import type { DeliveryState } from '#shared/contract/alerts-schema.ts';
import { fail, type Result } from '#shared/lib/result.ts';
import { plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { postJson, type PostFailure } from './post-json.ts';
import { signatureOf } from './sign.ts';

/** Where the webhook's address and key are kept: an address may hold a token, so both are secrets. */
export const WEBHOOK_ADDRESS = 'alert-webhook-address';
export const WEBHOOK_KEY = 'alert-webhook-key';

/** A message on its way. The body stays as it was made, so that a receiver can tell a repeated one by its id. */
export type OutMessage = {
  readonly id: string;
  readonly body: string;
  readonly tries: number;
  readonly nextAt: EpochMs;
};

export type Outbox = { readonly messages: readonly OutMessage[] } & Omit<DeliveryState, 'waiting'>;

export const EMPTY_OUTBOX: Outbox = { messages: [], lastFailure: null, lastDelivered: null };

/** Messages that wait at most; the oldest are let go first. */
const MESSAGES_MAX = 100;

/** Waits between tries, s: after the last one a message is given up, about half a day later. */
const WAITS_SECONDS = [60, 120, 300, 900, 3600, 10_800, 21_600];

const LIMIT_MS = 10_000;

export function withMessages(outbox: Outbox, bodies: readonly Pick<OutMessage, 'id' | 'body'>[], at: EpochMs): Outbox {
  const added = bodies.map(({ id, body }) => ({ id, body, tries: 0, nextAt: at }));
  return { ...outbox, messages: [...outbox.messages, ...added].slice(-MESSAGES_MAX) };
}

type Sending = { readonly clock: Clock; readonly secrets: Secrets; readonly signal: AbortSignal };

/** Sends what is due, oldest first. At the first one that may be tried again the others wait too: the receiver is away. */
export async function sendDue(outbox: Outbox, sending: Sending): Promise<Outbox> {
  let state = outbox;
  for (const message of outbox.messages) {
    const at = sending.clock.now();
    if (message.nextAt > at || sending.signal.aborted) break;
    const sent = await sendSigned(message.id, message.body, sending, {});
    if (sending.signal.aborted) break;
    state = sent.ok ? delivered(state, message, at) : refused(state, message, at, sent.failure);
    if (!sent.ok && sent.failure.mayRetry) break;
  }
  return state;
}

function delivered(outbox: Outbox, message: OutMessage, at: EpochMs): Outbox {
  return {
    messages: outbox.messages.filter((one) => one.id !== message.id),
    lastFailure: null,
    lastDelivered: at,
  };
}

function refused(outbox: Outbox, message: OutMessage, at: EpochMs, { mayRetry, message: why }: PostFailure): Outbox {
  const wait = mayRetry ? WAITS_SECONDS[message.tries] : undefined;
  const lastFailure = { at, message: wait === undefined ? `${why} A message was given up.` : why };
  const messages = outbox.messages.flatMap((one) => {
    if (one.id !== message.id) return [one];
    return wait === undefined ? [] : [{ ...one, tries: one.tries + 1, nextAt: plusSeconds(at, wait) }];
  });
  return { ...outbox, messages, lastFailure };
}

/** Values just entered, in place of those that are kept; null is none. */
export type EnteredWebhook = { readonly address?: string | null | undefined; readonly key?: string | null | undefined };

/** Signs and posts one message; without a key it goes unsigned. */
export async function sendSigned(
  id: string,
  body: string,
  { clock, secrets, signal }: Sending,
  entered: EnteredWebhook,
): Promise<Result<{ readonly status: number }, PostFailure>> {
  const address = await valueOf(secrets, WEBHOOK_ADDRESS, entered.address);
  if (!address.ok) return fail({ mayRetry: true, message: address.failure });
  if (address.value === null) return fail({ mayRetry: false, message: 'No webhook address is set.' });
  const key = await valueOf(secrets, WEBHOOK_KEY, entered.key);
  if (!key.ok) return fail({ mayRetry: true, message: key.failure });
  const atSeconds = Math.floor(clock.now() / 1000);
  const signature: Record<string, string> =
    key.value === null ? {} : { 'x-tokenwatt-signature': signatureOf(body, { key: key.value, atSeconds }) };
  const headers = { 'user-agent': 'Tokenwatt', 'x-tokenwatt-id': encodeURIComponent(id), ...signature };
  return await postJson({ url: address.value, body, headers, limitMs: LIMIT_MS, signal });
}

async function valueOf(
  secrets: Secrets,
  name: string,
  entered: string | null | undefined,
): Promise<Result<string | null, string>> {
  return entered === undefined ? await secrets.get(name) : { ok: true, value: entered };
}
