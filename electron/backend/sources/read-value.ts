import type { SampleProblem } from '#shared/model/sample.ts';

/** Values of the series of one scrape: the value of series `i`, or undefined where the scrape had none. */
export type SeriesValues = (index: number) => number | undefined;

/** Collects what was held out of one scrape. Bounded: a broken exporter repeats itself. */
export type ProblemList = {
  readonly add: (problem: SampleProblem) => void;
  readonly all: () => readonly SampleProblem[];
};

const PROBLEMS_MAX = 100;

export function createProblemList(): ProblemList {
  const problems: SampleProblem[] = [];
  return {
    add: (problem) => {
      if (problems.length < PROBLEMS_MAX) problems.push(problem);
    },
    all: () => problems,
  };
}

/** A measured quantity that cannot be negative. What is not a finite number, or below zero, is held out with a reason. */
export function measured(value: number | undefined, name: string, problems: ProblemList): number | null {
  if (value === undefined) return null;
  if (!Number.isFinite(value)) {
    problems.add({ kind: 'not-finite', message: `${name} is ${value}: held out` });
    return null;
  }
  if (value < 0) {
    problems.add({ kind: 'negative', message: `${name} is ${value}, below zero: held out` });
    return null;
  }
  return value;
}
