import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '#backend/clock.ts';
import { createCredentials } from '#electron/hosts/server/credentials.ts';
import { callServer, isOurs, newLink } from '#electron/hosts/server-client.ts';
import { epochMs } from '#shared/time/instant.ts';
import { postCode, scriptHeaders, serveTiny, type Served } from './serve-tiny.ts';

/** A clock that stands still until it is moved, and remembers what it was asked to sleep. */
function handClock(): Clock & { move(ms: number): void; readonly slept: number[] } {
  let nowMs = 1000;
  const slept: number[] = [];
  return {
    now: () => epochMs(nowMs),
    monotonicMs: () => nowMs,
    sleep: (ms) => {
      slept.push(ms);
      return Promise.resolve();
    },
    move: (ms) => {
      nowMs += ms;
    },
    slept,
  };
}

describe('one-time codes', () => {
  it('open one session each, and only once', () => {
    const credentials = createCredentials(handClock());
    const code = credentials.mintCode(60_000);
    const session = credentials.redeemCode(code);
    expect(session).toMatch(/^[0-9a-f]{64}$/);
    expect(credentials.isSession(session!)).toBe(true);
    expect(credentials.redeemCode(code)).toBeNull();
  });

  it('lapse at the end of their life', () => {
    const clock = handClock();
    const credentials = createCredentials(clock);
    const [early, late] = [credentials.mintCode(60_000), credentials.mintCode(60_000)];
    clock.move(59_999);
    expect(credentials.redeemCode(early)).not.toBeNull();
    clock.move(1);
    expect(credentials.redeemCode(late)).toBeNull();
  });

  it('hold until used where no life is given, as on the link of the start', () => {
    const clock = handClock();
    const credentials = createCredentials(clock);
    const code = credentials.mintCode(null);
    clock.move(86_400_000);
    expect(credentials.redeemCode(code)).not.toBeNull();
  });

  it('are not the token, and a session is neither', () => {
    const credentials = createCredentials(handClock());
    const session = credentials.redeemCode(credentials.mintCode(null))!;
    expect(credentials.isToken(session)).toBe(false);
    expect(credentials.isSession(credentials.token)).toBe(false);
    expect(credentials.redeemCode(credentials.token)).toBeNull();
  });

  it('give way, the oldest first, when too many sessions are open', () => {
    const credentials = createCredentials(handClock());
    const sessions = Array.from({ length: 65 }, () => credentials.redeemCode(credentials.mintCode(null))!);
    expect(credentials.isSession(sessions[0]!)).toBe(false);
    expect(credentials.isSession(sessions[1]!)).toBe(true);
  });
});

describe('secrets on the wire', () => {
  let served: Served;
  afterEach(() => served.server.stop());

  it('let a browser in by a cookie that scripts cannot read and other sites cannot send', async () => {
    served = await serveTiny();
    const answer = await postCode(served.server, new URL(served.server.url).hash.slice(1));
    expect(answer.status).toBe(200);
    const name = `tokenwatt-${served.server.port}`;
    expect(answer.headers.get('set-cookie')).toMatch(
      new RegExp(`^${name}=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Path=/$`),
    );
  });

  it('keep the token out of the link', async () => {
    served = await serveTiny();
    expect(served.server.url).not.toContain(served.server.token);
    expect(new URL(served.server.url).pathname).toBe('/open');
  });

  it('answer a wrong code and a wrong token slowly, and slower each time', async () => {
    const clock = handClock();
    served = await serveTiny({ clock });
    expect((await postCode(served.server, '0'.repeat(64))).status).toBe(401);
    const headers = { ...scriptHeaders(served.server), Authorization: `Bearer ${'0'.repeat(64)}` };
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const answer = await fetch(`${served.origin}/api/call/capabilities`, { method: 'POST', headers, body: '{}' });
      expect(answer.status).toBe(401);
    }
    expect(clock.slept).toEqual([100, 200, 400, 800, 1600, 3200, 3200, 3200, 3200]);
  });

  it('are proved by the server before a client sends the token', async () => {
    served = await serveTiny();
    const { port, token } = served.server;
    expect(await isOurs({ pid: process.pid, port, token })).toBe(true);
    expect(await isOurs({ pid: process.pid, port, token: '0'.repeat(64) })).toBe(false);
  });

  it('give a script a new link, which lets one more browser in', async () => {
    served = await serveTiny();
    const url = await newLink(served.server);
    expect((await postCode(served.server, new URL(url!).hash.slice(1))).status).toBe(200);
    expect((await postCode(served.server, new URL(url!).hash.slice(1))).status).toBe(401);
  });

  it('are asked for again by a script with the token of an earlier run', async () => {
    served = await serveTiny({ clock: handClock() });
    const answer = await callServer({ port: served.server.port, token: '0'.repeat(64) }, 'capabilities', {});
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'failed' } });
  });
});
