import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { Store } from '#backend/store/store.ts';
import type { AlertRule } from '#shared/model/alert.ts';
import { plusSeconds } from '#shared/time/instant.ts';
import { ask } from '../answers/ask.ts';
import {
  bookOf,
  budgetOf,
  createAlertWorld,
  healthOf,
  ruleOf,
  settingsOf,
  T0,
  type AlertWorld,
} from './alert-world.ts';

const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-alerts-'));
afterAll(() => rm(folder, { recursive: true }));

async function openDuckdb(): Promise<Store> {
  const opened = await openDuckdbStore({ path: join(folder, `${crypto.randomUUID()}.duckdb`) });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

const HOT = ruleOf({ id: 'hot', figure: 'power', test: { kind: 'limit', comparison: 'above', limit: 1500 } });
const DEAR = ruleOf({
  id: 'dear',
  figure: 'cost-per-million-tokens',
  basis: 'output',
  test: { kind: 'limit', comparison: 'above', limit: 1 },
});
const LOW = ruleOf({ id: 'low', figure: 'power', test: { kind: 'limit', comparison: 'below', limit: 900 } });
const BLIND = ruleOf({ id: 'blind', figure: 'coverage', test: { kind: 'limit', comparison: 'below', limit: 0.95 } });

async function watching(
  rules: readonly AlertRule[],
  options: { store?: Store; days?: number } = {},
): Promise<AlertWorld> {
  const world = await createAlertWorld(options.store ?? createMemoryStore(), { days: options.days ?? 0 });
  await world.alerts.saveSettings(settingsOf({ rules: [...rules] }));
  await world.pass(6);
  return world;
}

const openKeys = (world: AlertWorld): string[] => world.alerts.list().open.map(({ key }) => key);
const titles = (world: AlertWorld): string[] => world.told.map(({ title }) => title);

describe('the watch over a fleet', () => {
  it('opens an alert when a figure is beyond its limit for long enough, and says when it is over', async () => {
    const world = await watching([HOT], { store: await openDuckdb() });
    expect(openKeys(world)).toEqual([]);
    await world.pass(3, { watts: 1400 });
    expect(openKeys(world)).toEqual([]);
    await world.pass(2, { watts: 1400 });
    expect(openKeys(world)).toEqual(['rule:hot']);
    const [alert] = world.alerts.list().open;
    expect(alert!.subject).toMatchObject({ kind: 'figure', figure: 'power', value: expect.any(Number) });
    await world.pass(12);
    expect(openKeys(world)).toEqual([]);
    expect(world.alerts.list().recent.map(({ key, ending }) => [key, ending])).toEqual([['rule:hot', 'fine']]);
    expect(titles(world)).toEqual(['Power is above 1.50 kW', 'Over: Power is above 1.50 kW']);
  });

  it('shows the value that the figure itself has', async () => {
    const world = await watching([DEAR]);
    await world.pass(6, { tokens: 100 });
    const standing = world.alerts.standings()['dear']!;
    const window = { from: plusSeconds(world.now, -300), to: world.now };
    const figure = await ask(world.client(), 'figure', {
      name: 'cost-per-million-tokens',
      window: { from: Number(window.from), to: Number(window.to) },
      basis: 'output',
    });
    expect(standing.value).toBeCloseTo(figure.value!, 9);
    expect(figure.value).toBeCloseTo((4 / 3600 / 200) * 1e6, 6);
  });

  it('makes one alert of a figure about its limit', async () => {
    const world = await watching([HOT]);
    for (let round = 0; round < 6; round++) {
      await world.pass(6, { watts: 1400 });
      await world.pass(1);
    }
    expect(titles(world)).toHaveLength(1);
    expect(openKeys(world)).toEqual(['rule:hot']);
  });

  it('keeps an alert over a restart, and tells nothing twice', async () => {
    const world = await watching([HOT], { store: await openDuckdb() });
    await world.pass(10, { watts: 1400 });
    const before = world.alerts.list().open[0]!;
    await world.restart();
    expect(world.alerts.list().open[0]).toEqual(before);
    await world.pass(5, { watts: 1400 });
    expect(titles(world)).toHaveLength(1);
    await world.pass(10);
    expect(titles(world)[1]).toMatch(/^Over/);
  });

  it('says nothing of a restart: what it did not see, it holds against nobody', async () => {
    const world = await watching([LOW, BLIND, DEAR], { store: await openDuckdb() });
    await world.pass(10);
    world.skip(120);
    await world.restart();
    await world.pass(1);
    expect(world.alerts.standings()).toMatchObject({ low: { state: 'blind' }, dear: { state: 'blind' } });
    await world.pass(10);
    expect(titles(world)).toEqual([]);
  });

  it('says nothing of new prices, and says so beside the rule', async () => {
    const world = await watching([DEAR]);
    world.book = bookOf(10);
    await world.pass(30);
    expect(titles(world)).toEqual([]);
    expect(world.alerts.standings()['dear']).toMatchObject({
      state: 'repriced',
      note: expect.stringMatching(/prices changed/),
    });
    world.book = bookOf(2);
    await world.pass(10);
    await world.pass(12, { tokens: 100 });
    expect(titles(world)).toHaveLength(1);
  });

  it('begins anew with a rule that is edited', async () => {
    const world = await watching([HOT]);
    await world.pass(10, { watts: 1400 });
    const higher = { ...HOT, test: { kind: 'limit', comparison: 'above', limit: 5000 } as const };
    await world.alerts.saveSettings(settingsOf({ rules: [higher] }));
    await world.pass(1, { watts: 1400 });
    expect(openKeys(world)).toEqual([]);
  });

  it('ends the alert of a rule that is gone, without a word', async () => {
    const world = await watching([HOT]);
    await world.pass(10, { watts: 1400 });
    await world.alerts.saveSettings(settingsOf({ rules: [] }));
    await world.pass(1, { watts: 1400 });
    expect(world.alerts.list().recent[0]).toMatchObject({ ending: 'not-watched' });
    expect(titles(world)).toHaveLength(1);
  });
});

describe('silence', () => {
  it('is one alert, with coverage, power and cost beneath it', async () => {
    const world = await watching([LOW, BLIND, DEAR]);
    world.health = [
      healthOf('fresh', [
        ['node-a', 'fresh'],
        ['node-b', 'down'],
      ]),
    ];
    await world.pass(20, { unheard: ['node-b'], tokens: 500 });
    const [alert, ...others] = world.alerts.list().open;
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ key: 'silence:exporters', subject: { silent: 1, targets: 2 } });
    expect(alert!.beneath.map(({ key }) => key).toSorted()).toEqual(['rule:blind', 'rule:dear', 'rule:low']);
    expect(titles(world)).toEqual(['1 of 2 targets of exporters are silent, and 3 more from the same cause']);
    world.health = [
      healthOf('fresh', [
        ['node-a', 'fresh'],
        ['node-b', 'fresh'],
      ]),
    ];
    await world.pass(20);
    expect(openKeys(world)).toEqual([]);
    expect(titles(world)).toHaveLength(2);
  });

  it('is no alarm of a value: what is not watched is not low', async () => {
    const world = await watching([LOW]);
    await world.pass(20, { unheard: ['node-b'] });
    expect(titles(world)).toEqual([]);
    expect(world.alerts.standings()['low']).toMatchObject({ state: 'firing' });
    expect(openKeys(world)).toEqual([]);
  });

  it('leaves an alert of another place alone', async () => {
    const rule = ruleOf({
      ...HOT,
      scope: { node: 'node-a' },
      test: { kind: 'limit', comparison: 'above', limit: 800 },
    });
    const world = await watching([rule]);
    world.health = [
      healthOf('fresh', [
        ['node-a', 'fresh'],
        ['node-b', 'down'],
      ]),
    ];
    await world.pass(20, { unheard: ['node-b'], watts: 900 });
    expect(openKeys(world).toSorted()).toEqual(['rule:hot', 'silence:exporters']);
  });

  it('of a source that is paused is wanted', async () => {
    const world = await watching([]);
    world.health = [healthOf('paused', [])];
    await world.pass(10);
    expect(openKeys(world)).toEqual([]);
  });
});

describe('an unusual value', () => {
  const ODD = ruleOf({
    id: 'odd',
    figure: 'throughput',
    basis: 'output',
    windowMinutes: 15,
    test: { kind: 'unusual', direction: 'below', effectLeast: 0.2 },
  });

  it('is held against the same hour of earlier weeks', async () => {
    const world = await watching([ODD], { days: 30, store: await openDuckdb() });
    await world.pass(12, {}, 3);
    expect(world.alerts.standings()['odd']).toMatchObject({ state: 'fine', usual: 2000 });
    await world.pass(21, { tokens: 400 }, 3);
    expect(openKeys(world)).toEqual(['rule:odd']);
    expect(titles(world)).toEqual(['Throughput is unusually low']);
  });

  it('is not judged before three weeks are known', async () => {
    const world = await watching([ODD], { days: 14 });
    await world.pass(24, { tokens: 1 }, 3);
    expect(world.alerts.standings()['odd']).toMatchObject({
      state: 'no-history',
      note: expect.stringMatching(/2 of 3 weeks/),
    });
    expect(openKeys(world)).toEqual([]);
  });
});

describe('a budget', () => {
  it('that is used up is an alert at once, its forecast beneath it', async () => {
    const world = await createAlertWorld(createMemoryStore(), { days: 30 });
    // November so far: 22.5 days of two GPUs at 2 $/h are 2160 $, and the month will be 2880 $.
    await world.alerts.saveBudgets([budgetOf({ usdPerMonth: 2100 })]);
    await world.pass(3);
    expect(titles(world)).toEqual(['Budget All is used up']);
    const { budgets } = await ask(world.client(), 'budgetStatus', {});
    expect(budgets[0]).toMatchObject({ state: 'over', usedUpAt: Date.UTC(2026, 10, 22, 21) });
    expect(budgets[0]!.spent.value).toBeCloseTo(2160 + 0.2, 6);
    expect(budgets[0]!.forecastFigure.value).toBeCloseTo(2880, 6);
    expect(
      budgets[0]!.forecastFigure.parts.map(({ value }) => value).reduce((sum, value) => sum + value, 0),
    ).toBeCloseTo(2880, 6);
  });

  it('that will be exceeded is one after an hour, and one that will hold is none', async () => {
    const world = await createAlertWorld(createMemoryStore(), { days: 30 });
    await world.alerts.saveBudgets([
      budgetOf({ usdPerMonth: 2500 }),
      budgetOf({ id: 'wide', name: 'Wide', usdPerMonth: 5000 }),
    ]);
    await world.pass(57, {}, 3);
    expect(titles(world)).toEqual([]);
    await world.pass(15, {}, 3);
    expect(titles(world)).toEqual(['Budget All will likely be exceeded']);
    const { budgets } = await ask(world.client(), 'budgetStatus', {});
    expect(budgets.map(({ state }) => state)).toEqual(['likely-over', 'on-track']);
    expect(budgets[1]).toMatchObject({ usedUpAt: null, lastDay: { value: expect.closeTo(96, 6) } });
  });

  it('of a fleet that was connected yesterday says what is missing', async () => {
    const world = await createAlertWorld(createMemoryStore(), { days: 1 });
    await world.alerts.saveBudgets([budgetOf({})]);
    await world.pass(1);
    const { budgets } = await ask(world.client(), 'budgetStatus', {});
    expect(budgets[0]).toMatchObject({ state: 'unknown', forecast: null });
    expect(budgets[0]!.forecastFigure.notes[0]).toMatch(/needs 3 whole days/);
    expect(titles(world)).toEqual([]);
  });
});

describe('the calls', () => {
  it('keep rules and budgets over a restart', async () => {
    const world = await watching([HOT], { store: await openDuckdb() });
    await ask(world.client(), 'saveBudgets', {
      budgets: [{ id: 'team', name: 'Team', usdPerMonth: 50, scope: { pool: 'prod' } }],
    });
    await world.restart();
    const { settings } = await ask(world.client(), 'alertRules', {});
    expect(settings.rules).toEqual([HOT]);
    expect(await ask(world.client(), 'budgets', {})).toMatchObject({ budgets: [{ id: 'team', zone: 'UTC' }] });
  });

  it('refuse what cannot be meant', async () => {
    const world = await watching([]);
    const call = async (input: unknown) => await world.client().saveAlertRules(input as never);
    const settings = (await ask(world.client(), 'alertRules', {})).settings;
    const quietHours = { ...settings.quietHours, zone: 'Mars/Olympus' };
    expect(await call({ settings: { ...settings, quietHours } })).toMatchObject({ failure: { kind: 'bad-input' } });
    expect(await call({ settings: { rules: [HOT, HOT] } })).toMatchObject({ failure: { kind: 'bad-input' } });
    expect(await call({ settings: {}, webhookAddress: 'http://169.254.169.254/latest' })).toMatchObject({
      failure: { kind: 'not-possible', message: expect.stringMatching(/metadata/) },
    });
    expect(await call({ settings: {}, webhookAddress: 'file:///etc/passwd' })).toMatchObject({
      failure: { kind: 'bad-input' },
    });
  });

  it('acknowledge an alert until an instant, by a note', async () => {
    const world = await watching([HOT]);
    await world.pass(10, { watts: 1400 });
    const { open, openCount } = await ask(world.client(), 'alerts', {});
    expect(openCount).toBe(1);
    const until = plusSeconds(world.now, 600);
    const after = await ask(world.client(), 'acknowledgeAlert', { id: open[0]!.id, until, note: 'new cooling' });
    expect(after).toMatchObject({ openCount: 0, open: [{ acknowledgement: { until, note: 'new cooling' } }] });
    await world.pass(11, { watts: 1400 });
    expect((await ask(world.client(), 'alerts', {})).openCount).toBe(1);
    expect(await world.client().acknowledgeAlert({ id: 'nothing@1', until: null })).toMatchObject({ ok: false });
  });

  it('preview a rule over the last seven days', async () => {
    const world = await createAlertWorld(createMemoryStore(), { days: 8 });
    await world.pass(30, { watts: 1400 });
    const preview = await ask(world.client(), 'previewAlertRule', { rule: { ...HOT, scope: {}, deliverTo: [] } });
    expect(preview.stepSeconds).toBe(300);
    expect(preview.at).toHaveLength(7 * 288);
    expect(preview.alerts).toHaveLength(1);
    expect(preview.alerts[0]!.from).toBeGreaterThanOrEqual(T0);
    expect(preview.values.at(-1)).toBeCloseTo(preview.values.at(-2)!, 6);
    const calm = await ask(world.client(), 'previewAlertRule', { rule: { ...LOW, scope: {}, deliverTo: [] } });
    expect(calm.alerts).toEqual([]);
  });
});
