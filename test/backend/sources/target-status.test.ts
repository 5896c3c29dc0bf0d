import { describe, expect, test } from 'vitest';

import { createTargetStatus, stateOfTargets } from '#backend/sources/target-status.ts';
import type { SourceState, TargetHealth } from '#shared/model/source-health.ts';
import { epochMs } from '#shared/time/instant.ts';

const at = (seconds: number) => epochMs(1_795_000_000_000 + seconds * 1000);

describe('a target, polled each 10 s', () => {
  test.each([
    [15, 'fresh'],
    [15.1, 'late'],
    [30, 'late'],
    [30.1, 'stale'],
  ])('heard %s s ago is %s', (seconds, state) => {
    const status = createTargetStatus('t', 'http://t');
    expect(status.health(at(0), 10).state).toBe('waiting');
    status.heard(at(0), 5, 'gpu', []);
    expect(status.health(at(seconds), 10)).toMatchObject({ state, samples: 5, signal: 'gpu' });
  });

  test('is down with a reason since the first failure, and well again at once', () => {
    const status = createTargetStatus('t', 'http://t');
    status.heard(at(0), 5, 'gpu', [{ kind: 'negative', message: 'held' }]);
    status.failed(at(10), 'refused');
    status.failed(at(20), 'refused again');
    expect(status.health(at(25), 10)).toMatchObject({
      state: 'down',
      reason: 'refused again',
      since: at(10),
      lastHeard: at(0),
    });
    status.heard(at(30), 5, 'gpu', []);
    expect(status.health(at(30), 10)).toMatchObject({
      state: 'fresh',
      reason: null,
      since: at(30),
      heldOut: 1,
      heldOutReason: 'held',
    });
  });
});

test.each<[SourceState[], SourceState]>([
  [[], 'waiting'],
  [['fresh', 'fresh'], 'fresh'],
  [['down', 'down'], 'down'],
  [['down', 'fresh'], 'late'],
  [['down', 'stale'], 'stale'],
  [['late', 'fresh'], 'late'],
])('a source with targets %j is %s', (states, state) => {
  expect(stateOfTargets(states.map((one) => ({ state: one }) as TargetHealth))).toBe(state);
});
