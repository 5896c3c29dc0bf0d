import type { Family } from './families.ts';
import { numberOf } from './number-token.ts';
import type { SampleRole } from './sample-role.ts';
import type { SampleTable } from './sample-table.ts';
import type { ExpositionFormat } from '../series.ts';
import type { ChecksDraft } from './value-checks.ts';
import { shown, type WarningList } from './warning-list.ts';

/** What is looked at, and where the findings go. */
export type LayoutCheck = {
  readonly table: SampleTable;
  /** For each of the table's names, its family. */
  readonly families: readonly Family[];
  readonly format: ExpositionFormat;
  readonly warnings: WarningList;
};

/** A sample of a histogram, gauge histogram or summary. */
export type DistributionSample = { readonly sample: number; readonly role: SampleRole; readonly family: Family };

/** Looks at histograms, gauge histograms and summaries: one group for each family and label set (`le` left out). */
export type DistributionCheck = {
  readonly add: (entry: DistributionSample) => void;
  /** To be called after the last sample. */
  readonly finish: () => void;
};

type Group = {
  readonly family: Family;
  readonly labels: ReadonlyMap<string, string>;
  readonly firstLine: number;
  isClosed: boolean;
  lastBucket: number | null;
  lastBound: number;
  topBucket: number | null;
  count: number | null;
  sum: number | null;
  hasNegativeBound: boolean;
};

export function createDistributionCheck(check: LayoutCheck, draft: ChecksDraft): DistributionCheck {
  const { table, warnings } = check;
  const groups = new Map<string, Group>();
  let current: Group | null = null;

  function groupOf({ sample, family }: DistributionSample): Group {
    const labels = table.blocks[sample]?.labels ?? new Map<string, string>();
    const boundLabel = family.kind === 'summary' ? 'quantile' : 'le';
    if (current?.family === family && haveSameGroup(labels, current.labels, boundLabel)) return current;
    const key = groupKeyOf(family, labels, boundLabel);
    const known = groups.get(key);
    const line = table.lines[sample] ?? 0;
    if (current !== null) current.isClosed = true;
    current = known ?? newGroup(family, labels, line);
    if (known === undefined) groups.set(key, current);
    else if (known.isClosed) {
      warnings.add('split-family', line, `lines of one ${family.kind}, ${shown(family.name)}, stand apart`);
    }
    current.isClosed = false;
    return current;
  }

  function addBucket(group: Group, { sample, family }: DistributionSample): void {
    draft.counts.push(sample);
    const text = table.blocks[sample]?.labels.get('le');
    const bound = text === undefined ? null : boundOf(text, check.format === 'openmetrics');
    if (bound === null) {
      const message = text === undefined ? 'has no le' : `has le ${shown(text)}, which is no bound`;
      warnings.add('broken-histogram', table.lines[sample] ?? 0, `a bucket of ${shown(family.name)} ${message}`);
      return;
    }
    if (group.lastBucket !== null && bound > group.lastBound) draft.risingPairs.push([group.lastBucket, sample]);
    if (group.lastBucket !== null && bound < group.lastBound) {
      warnings.add('broken-histogram', table.lines[sample] ?? 0, `buckets of ${shown(family.name)} are out of order`);
    }
    group.lastBucket = sample;
    group.lastBound = bound;
    if (bound === Infinity) group.topBucket = sample;
    if (bound < 0) group.hasNegativeBound = true;
  }

  function addQuantile({ sample, family }: DistributionSample): void {
    draft.quantiles.push(sample);
    const text = table.blocks[sample]?.labels.get('quantile');
    const quantile = text === undefined ? null : numberOf(text);
    if (quantile !== null && quantile >= 0 && quantile <= 1) return;
    const message = text === undefined ? 'has no quantile' : `has quantile ${shown(text)}, which is not within 0 to 1`;
    warnings.add('broken-summary', table.lines[sample] ?? 0, `a sample of ${shown(family.name)} ${message}`);
  }

  return {
    add: (entry) => {
      const group = groupOf(entry);
      const { sample, role } = entry;
      if (role === 'bucket') addBucket(group, entry);
      else if (role === 'quantile') addQuantile(entry);
      else if (role === 'gauge-sum') draft.numbers.push(sample);
      else draft.counts.push(sample);
      if (role === 'count' || role === 'gauge-count') group.count = sample;
      if (role === 'sum' || role === 'gauge-sum') group.sum = sample;
    },
    finish: () => {
      for (const group of groups.values()) {
        if (group.family.kind === 'summary') continue;
        for (const problem of problemsOf(group)) {
          warnings.add('broken-histogram', group.firstLine, `${shown(group.family.name)} ${problem}`);
        }
        if (group.topBucket !== null && group.count !== null) draft.equalPairs.push([group.topBucket, group.count]);
      }
    },
  };
}

function newGroup(family: Family, labels: ReadonlyMap<string, string>, firstLine: number): Group {
  return {
    family,
    labels,
    firstLine,
    isClosed: false,
    lastBucket: null,
    lastBound: -Infinity,
    topBucket: null,
    count: null,
    sum: null,
    hasNegativeBound: false,
  };
}

/** What the specification asks of a whole histogram: a +Inf bucket, a count with a sum, and no sum of negative values. */
function problemsOf(group: Group): readonly string[] {
  const problems: string[] = [];
  if (group.topBucket === null) problems.push('has no +Inf bucket');
  if ((group.count === null) !== (group.sum === null)) {
    problems.push(group.count === null ? 'has a sum but no count' : 'has a count but no sum');
  }
  if (group.family.kind === 'histogram' && group.hasNegativeBound && group.sum !== null) {
    problems.push('has buckets below zero, so its sum cannot be read as a counter');
  }
  return problems;
}

/** OpenMetrics spells infinity in one way only. */
function boundOf(text: string, isStrict: boolean): number | null {
  const bound = numberOf(text);
  if (bound === null || Number.isNaN(bound)) return null;
  return isStrict && bound === Infinity && text !== '+Inf' ? null : bound;
}

/** Whether two label sets differ at most in `except`. */
function haveSameGroup(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>, except: string): boolean {
  if (one === other) return true;
  if (one.size - Number(one.has(except)) !== other.size - Number(other.has(except))) return false;
  for (const [name, value] of one) if (name !== except && other.get(name) !== value) return false;
  return true;
}

function groupKeyOf(family: Family, labels: ReadonlyMap<string, string>, except: string): string {
  const kept = [...labels].filter(([name]) => name !== except);
  return JSON.stringify([family.name, ...kept.toSorted(([one], [other]) => (one < other ? -1 : 1))]);
}
