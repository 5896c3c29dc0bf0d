import { describe, expect, test } from 'vitest';

import { engine, POLL_SECONDS, scrape, startFleet, totalOf } from './readings.ts';

/** Readings of a worker and of the frontend before it, each with so many output tokens; null: it was not heard. */
function tokensOf(
  polls: readonly (readonly [worker: number | null, frontend: number | null])[],
  { workerModel = '/models/Qwen3-8B', frontendModel = 'qwen/qwen3-8b' } = {},
) {
  const fleet = startFleet();
  polls.forEach(([worker, frontend], poll) => {
    const at = poll * POLL_SECONDS;
    const frontends = frontend === null ? [] : [readingOf('dynamo', frontendModel, frontend)];
    const workers = worker === null ? [] : [readingOf('vllm', workerModel, worker)];
    fleet.take(
      scrape(at, { engines: frontends }, { target: 'frontend' }),
      scrape(at, { engines: workers }, { target: 'worker' }),
    );
  });
  return totalOf(fleet.all('engineFacts'), 'outputTokens');
}

const readingOf = (kind: 'dynamo' | 'vllm', model: string, outputTokens: number) =>
  engine({ engine: `${kind}/${model}`, kind, model, counters: { outputTokens } });

describe('tokens of a frontend', () => {
  test('are those of its worker, and counted there', () => {
    expect(
      tokensOf([
        [100, 100],
        [150, 150],
        [180, 180],
      ]),
    ).toBe(80);
  });

  test('count where no worker is heard', () => {
    expect(
      tokensOf([
        [null, 100],
        [null, 160],
      ]),
    ).toBe(60);
  });

  test('count until a worker is heard, and no second time from then on', () => {
    expect(
      tokensOf([
        [null, 100],
        [null, 160],
        [160, 160],
        [190, 190],
      ]),
    ).toBe(90);
  });

  test('stay left out while the worker is silent, because it counts on', () => {
    expect(
      tokensOf([
        [100, 100],
        [110, 110],
        [null, 140],
        [null, 170],
        [null, 180],
        [200, 200],
      ]),
    ).toBe(100);
  });

  test('of another model count beside the worker', () => {
    const models = { workerModel: 'llama', frontendModel: 'phi' };
    expect(
      tokensOf(
        [
          [100, 1000],
          [110, 1020],
        ],
        models,
      ),
    ).toBe(30);
  });
});
