import { expect, it } from 'vitest';
import { monthWindow } from '#backend/reports/report-period.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import { NOW, SMALL_BOOK, SMALL_FLEET } from '../../golden/small-fleet.ts';
import { ask, clientOver } from '../answers/ask.ts';

const HOUR_MS = 3_600_000;

it('a month is as long as its zone counts it', () => {
  const hoursOf = (month: string, zone: string): number => {
    const { from, to } = monthWindow(month, zone);
    return (to - from) / HOUR_MS;
  };
  expect(hoursOf('2026-10', 'Europe/Berlin')).toBe(31 * 24 + 1);
  expect(hoursOf('2026-03', 'Europe/Berlin')).toBe(31 * 24 - 1);
  expect(hoursOf('2026-10', 'UTC')).toBe(31 * 24);
  expect(monthWindow('2026-12', 'UTC').to).toBe(Date.UTC(2027, 0, 1));
});

it('a month that runs is open, and one before all facts has none', async () => {
  const store = createMemoryStore();
  await store.append(SMALL_FLEET);
  const client = clientOver({ store, book: SMALL_BOOK, now: NOW });
  const running = await ask(client, 'report', { month: '2026-03' });
  expect(running.head).toMatchObject({ month: '2026-03', state: 'open', zone: 'UTC' });
  const before = await ask(client, 'report', { month: '2025-03' });
  expect(before.head).toMatchObject({ state: 'provisional', known: null });
});
