import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postJson } from '#backend/alerts/webhook/post-json.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import { ask } from '../answers/ask.ts';
import { createAlertWorld, ruleOf, settingsOf, startReceiver, type AlertWorld, type Receiver } from './alert-world.ts';

const KEY = 'a-key-of-the-operator-4711';
const HOT = ruleOf({
  id: 'hot',
  figure: 'power',
  test: { kind: 'limit', comparison: 'above', limit: 1500 },
  deliverTo: ['webhook'],
});

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

async function hooked(entry: { webhookAddress?: string; webhookKey?: string } = {}): Promise<AlertWorld> {
  const world = await createAlertWorld(createMemoryStore());
  await ask(world.client(), 'saveAlertRules', {
    settings: { ...settingsOf({ webhookIsOn: true }), rules: [{ ...HOT, scope: {}, deliverTo: ['webhook'] }] } as never,
    webhookAddress: receiver.url,
    ...entry,
  });
  await world.pass(6);
  return world;
}

const post = (url: string, limitMs = 5000) =>
  postJson({ url, body: '{}', headers: {}, limitMs, signal: new AbortController().signal });

describe('a message to the webhook', () => {
  it('is JSON that says what, since when, and against which limit; signed with the key', async () => {
    const world = await hooked({ webhookKey: KEY });
    await world.pass(8, { watts: 1400 });
    expect(receiver.received).toHaveLength(1);
    const [{ headers, body }] = receiver.received as [Receiver['received'][number]];
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toMatchObject({
      version: 1,
      kind: 'opened',
      fleet: 'Test fleet',
      isSample: false,
      title: 'Power is above 1.50 kW',
      alert: { key: 'rule:hot', figure: 'power', unit: 'W', test: { limit: 1500 }, endedAt: null, beneath: [] },
    });
    const [, seconds, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-tokenwatt-signature']))!;
    expect(digest).toBe(createHmac('sha256', KEY).update(`${seconds}.${body}`).digest('hex'));
    await world.pass(15);
    expect(JSON.parse(receiver.received[1]!.body)).toMatchObject({
      kind: 'resolved',
      title: 'Over: Power is above 1.50 kW',
    });
    expect(world.told).toEqual([]);
  });

  it('is tried again, later and later, until it is taken; then nothing waits', async () => {
    const world = await hooked();
    receiver.statuses = [503, 429, 200];
    await world.pass(4, { watts: 1400 });
    const { delivery } = await ask(world.client(), 'alerts', {});
    expect(delivery).toMatchObject({ waiting: 1, lastFailure: { message: expect.stringMatching(/status 503/) } });
    await world.pass(20, { watts: 1400 });
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map(({ headers }) => headers['x-tokenwatt-id'])).size).toBe(1);
    expect((await ask(world.client(), 'alerts', {})).delivery).toMatchObject({ waiting: 0, lastFailure: null });
  });

  it('waits over a restart', async () => {
    const world = await hooked();
    receiver.statuses = [500, 200];
    await world.pass(5, { watts: 1400 });
    await world.restart();
    await world.pass(5, { watts: 1400 });
    expect(receiver.received).toHaveLength(2);
  });

  it('is given up where it is refused for good, and the list says so', async () => {
    const world = await hooked();
    receiver.statuses = [404];
    await world.pass(20, { watts: 1400 });
    expect(receiver.received).toHaveLength(1);
    const { delivery } = await ask(world.client(), 'alerts', {});
    expect(delivery).toMatchObject({
      waiting: 0,
      lastFailure: { message: expect.stringMatching(/status 404.*given up/) },
    });
  });

  it('is not sent while the webhook is off', async () => {
    const world = await hooked();
    await world.alerts.saveSettings({ ...world.alerts.settings(), webhookIsOn: false });
    await world.pass(10, { watts: 1400 });
    expect(receiver.received).toEqual([]);
  });
});

describe('the webhook', () => {
  it('keeps its address and key as secrets: no answer has more than its place', async () => {
    const world = await hooked({ webhookKey: KEY });
    receiver.statuses = [500];
    await world.pass(8, { watts: 1400 });
    const answers = JSON.stringify([
      await ask(world.client(), 'alertRules', {}),
      await ask(world.client(), 'alerts', {}),
      await ask(world.client(), 'testWebhook', {}),
      await world.store.document('alert-settings'),
      await world.store.document('alert-state'),
    ]);
    expect(answers).toContain(new URL(receiver.url).origin);
    expect(answers).not.toContain('path-with-token-8841');
    expect(answers).not.toContain(KEY);
  });

  it('is tested with what was just entered, before it is saved', async () => {
    const world = await createAlertWorld(createMemoryStore());
    const tested = await ask(world.client(), 'testWebhook', { webhookAddress: receiver.url, webhookKey: KEY });
    expect(tested).toEqual({ isDelivered: true, message: 'The receiver took the message (status 204).' });
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({ kind: 'test', alert: null });
    expect(receiver.received[0]!.headers['x-tokenwatt-signature']).toMatch(/^t=/);
    expect(await ask(world.client(), 'alertRules', {})).toMatchObject({ webhook: { place: null, isSigned: false } });
  });

  it('goes with its address, and says that none is set', async () => {
    const world = await hooked({ webhookKey: KEY });
    await ask(world.client(), 'saveAlertRules', { settings: {}, webhookAddress: null, webhookKey: null });
    expect(await ask(world.client(), 'testWebhook', {})).toEqual({
      isDelivered: false,
      message: 'No webhook address is set.',
    });
    expect(await world.secrets.names()).toEqual({ ok: true, value: [] });
  });
});

describe('a post', () => {
  it.each([
    ['http://169.254.169.254/latest/meta-data', /metadata address/],
    ['http://[fe80::1]/x', /link-local/],
    ['http://metadata.google.internal/x', /metadata address/],
    ['http://0.0.0.0:9/x', /unspecified/],
  ])('to %s is never sent', async (url, message) => {
    expect(await post(url)).toMatchObject({
      ok: false,
      failure: { mayRetry: false, message: expect.stringMatching(message) },
    });
  });

  it('follows no redirect', async () => {
    receiver.statuses = [302];
    const sent = await post(receiver.url);
    expect(sent).toMatchObject({
      ok: false,
      failure: { mayRetry: false, message: expect.stringMatching(/redirect \(302\)/) },
    });
    expect(JSON.stringify(sent)).not.toContain('elsewhere');
  });

  it('that is not answered in time ends, and may be sent again', async () => {
    receiver.statuses = [null];
    expect(await post(receiver.url, 50)).toMatchObject({
      ok: false,
      failure: { mayRetry: true, message: expect.stringMatching(/did not answer within 0.05 s/) },
    });
  });

  it('to where nobody listens says so', async () => {
    receiver.close();
    expect(await post(receiver.url)).toMatchObject({
      ok: false,
      failure: { mayRetry: true, message: expect.stringMatching(/refused the connection/) },
    });
  });
});
