import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Clock } from '#backend/clock.ts';
import { createCallQueue, type CallQueue } from './call-queue.ts';
import { createCredentials, type Credentials } from './credentials.ts';
import type { ServerLimits } from './limits.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';

/** Who may come in, and how often: secrets, allowances, and the answer to wrong secrets. */
export type Doorkeeper = {
  readonly credentials: Credentials;
  readonly rate: RateLimit;
  /** Calls of scripts: beyond the concurrent ones they are refused. */
  readonly queue: CallQueue;
  readonly port: () => number;
  readonly cookieName: () => string;
  /** An address that lets one browser in, once. */
  openLink(lifetimeMs: number | null): string;
  /** The session for the body `{ code }`, or null, slowly, when the code does not hold. */
  redeem(body: unknown): Promise<string | null>;
  /** Called after a wrong secret: waits longer each time, so that guessing is slow. */
  delayWrongSecret(): Promise<void>;
};

const sessionRequest = z.strictObject({ code: z.string().max(200) });

export function createDoorkeeper(clock: Clock, limits: ServerLimits, port: () => number): Doorkeeper {
  const credentials = createCredentials(clock);
  let wrongSecrets = 0;
  const delayWrongSecret = async (): Promise<void> => {
    const delayMs = Math.min(limits.wrongSecretMs * 2 ** wrongSecrets, limits.wrongSecretMsMax);
    wrongSecrets += 1;
    await clock.sleep(delayMs);
  };
  return {
    credentials,
    rate: createRateLimit(clock, { perSecond: limits.requestsPerSecond, burst: limits.requestsBurst }),
    queue: createCallQueue({ concurrentMax: limits.callsConcurrentMax, waitingMax: 0 }),
    port,
    cookieName: () => `tokenwatt-${port()}`,
    openLink: (lifetimeMs) => `http://127.0.0.1:${port()}/open#${credentials.mintCode(lifetimeMs)}`,
    delayWrongSecret,
    async redeem(body) {
      const parsed = sessionRequest.safeParse(body);
      const session = parsed.success ? credentials.redeemCode(parsed.data.code) : null;
      if (session === null) await delayWrongSecret();
      else wrongSecrets = 0;
      return session;
    },
  };
}

/** Whether the request bears the token; a wrong or missing one is answered slowly. */
export async function isAuthorised(request: IncomingMessage, doorkeeper: Doorkeeper): Promise<boolean> {
  const token = /^Bearer ([!-~]{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
  if (token !== undefined && doorkeeper.credentials.isToken(token)) return true;
  await doorkeeper.delayWrongSecret();
  return false;
}

/** Whether the request bears the cookie of a browser that opened a link. */
export function isSignedIn(request: IncomingMessage, { credentials, cookieName }: Doorkeeper): boolean {
  const prefix = `${cookieName()}=`;
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const session = pairs.find((pair) => pair.startsWith(prefix));
  return session !== undefined && credentials.isSession(session.slice(prefix.length));
}
