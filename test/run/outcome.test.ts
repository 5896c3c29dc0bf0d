import { describe, expect, it } from 'vitest';
import { lastLine, merged, outcomeOf } from './outcome.ts';

describe('the count of a run', () => {
  const file = (status: string, ...tests: readonly (readonly [name: string, status: string])[]) => ({
    name: 'some.test.ts',
    status,
    assertionResults: tests.map(([fullName, testStatus]) => ({ fullName, status: testStatus })),
  });

  it('names what failed and what was skipped', () => {
    const report = {
      testResults: [file('failed', ['a', 'passed'], ['b', 'failed'], ['c', 'pending'], ['d', 'skipped'])],
    };
    expect(outcomeOf(report)).toEqual({ passed: 1, failed: ['b'], skipped: ['c', 'd'] });
  });

  it('counts a file that does not load as one failure', () => {
    expect(outcomeOf({ testResults: [file('failed')] }).failed).toEqual(['some.test.ts']);
    expect(outcomeOf({ testResults: [file('failed', ['a', 'passed'])] }).failed).toEqual(['some.test.ts']);
  });

  it('adds tests and checks up in one line', () => {
    const both = merged([
      { passed: 1, failed: [], skipped: [] },
      { passed: 2, failed: ['x'], skipped: ['y', 'z'] },
    ]);
    expect(lastLine(both)).toBe('3 passed, 1 failed, 2 skipped');
  });
});
