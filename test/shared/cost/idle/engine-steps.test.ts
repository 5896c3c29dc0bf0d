import { describe, expect, it } from 'vitest';
import { poolSteps, shownCapacity, tokensAskedOf, type EngineStep } from '#shared/cost/idle/engine-steps.ts';

const STEP_SECONDS = 900;

function stepOf(changes: Partial<EngineStep>): EngineStep {
  return {
    engine: 'a',
    step: 0,
    observedSeconds: STEP_SECONDS,
    bridgedSeconds: 0,
    weightedTokens: 9000,
    runningRequestSeconds: null,
    waitingRequestSeconds: null,
    isWithinTargets: true,
    ...changes,
  };
}

const over = (steps: number, heard = 0) => ({
  steps,
  stepSeconds: STEP_SECONDS,
  heardSeconds: Array.from({ length: steps }, () => heard),
});

describe('what was asked of an engine', () => {
  it('is what it served, and as much more as waited beside what ran', () => {
    expect(tokensAskedOf(stepOf({}))).toBe(9000);
    expect(tokensAskedOf(stepOf({ runningRequestSeconds: 800, waitingRequestSeconds: 200 }))).toBe(11_250);
    expect(tokensAskedOf(stepOf({ runningRequestSeconds: 0, waitingRequestSeconds: 200 }))).toBe(9000);
  });
});

describe('replicas and demand of a step', () => {
  it('count engines that answered for half of it, and add what was asked of all', () => {
    const rows = [
      stepOf({}),
      stepOf({ engine: 'b', observedSeconds: 449 }),
      stepOf({ engine: 'c', observedSeconds: 450 }),
    ];
    expect(poolSteps(rows, over(1))).toEqual([{ replicas: 2, demand: 30 }]);
  });

  it('rest on the time that was watched: a gap of ours is no lack of demand', () => {
    const rows = [stepOf({ observedSeconds: 600, weightedTokens: 6000 })];
    expect(poolSteps(rows, over(1))).toEqual([{ replicas: 1, demand: 10 }]);
  });

  it('are unknown where nobody watched, with the replicas of before, and of after at the beginning', () => {
    const rows = [stepOf({ step: 1 }), stepOf({ step: 1, engine: 'b' }), stepOf({ step: 3 })];
    expect(poolSteps(rows, over(4))).toEqual([
      { replicas: 2, demand: null },
      { replicas: 2, demand: 20 },
      { replicas: 2, demand: null },
      { replicas: 1, demand: 10 },
    ]);
  });

  it('are none where others were heard and no engine of the pool was', () => {
    expect(poolSteps([stepOf({ step: 1 })], over(2, STEP_SECONDS))[0]).toEqual({ replicas: 0, demand: 0 });
  });

  it('are unknown where a bridged gap of most engines reaches beyond the step, not where one engine restarted', () => {
    const torn = stepOf({ bridgedSeconds: 3000, weightedTokens: 1e6 });
    expect(poolSteps([torn], over(1))).toEqual(
      [{ replicas: 0, demand: null }].map((step) => ({ ...step, replicas: 1 })),
    );
    const rows = [stepOf({ bridgedSeconds: 300, weightedTokens: 9000 }), stepOf({ engine: 'b' })];
    expect(poolSteps(rows, over(1))).toEqual([{ replicas: 2, demand: 20 }]);
  });
});

describe('the capacity that replicas have shown', () => {
  it('is the 95th percentile of whole steps with work, within the targets', () => {
    const rows = Array.from({ length: 21 }, (_, step) => stepOf({ step, weightedTokens: (step + 1) * 900 }));
    const others = [
      stepOf({ step: 30, weightedTokens: 9e9, isWithinTargets: false }),
      stepOf({ step: 31, weightedTokens: 9e9, observedSeconds: 800 }),
      stepOf({ step: 32, weightedTokens: 9e9, bridgedSeconds: 20 }),
      stepOf({ step: 33, weightedTokens: 0 }),
    ];
    expect(shownCapacity([...rows, ...others], STEP_SECONDS)).toEqual({ tokensPerSecond: 20, steps: 21 });
  });

  it('is not known of fewer than twelve of them', () => {
    const rows = Array.from({ length: 11 }, (_, step) => stepOf({ step }));
    expect(shownCapacity(rows, STEP_SECONDS)).toBeNull();
  });
});
