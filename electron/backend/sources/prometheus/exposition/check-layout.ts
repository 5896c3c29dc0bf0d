import { createDistributionCheck, type LayoutCheck } from './check-distributions.ts';
import type { Family } from './families.ts';
import { roleOf, type SampleRole } from './sample-role.ts';
import type { ChecksDraft, ValueChecks } from './value-checks.ts';
import { shown } from './warning-list.ts';

/** Warns of all that is wrong whatever the values are, and says what must hold for the values of each body. */
export function checkLayout(check: LayoutCheck): ValueChecks {
  const { table, families } = check;
  const draft: ChecksDraft = {
    counts: [],
    numbers: [],
    quantiles: [],
    infos: [],
    states: [],
    risingPairs: [],
    equalPairs: [],
  };
  const roles = table.names.map((name, index) => roleIn(name, families[index]));
  const distributions = createDistributionCheck(check, draft);
  checkNames(check, roles);
  checkOrder(check);
  checkExemplars(check, roles);
  for (let sample = 0; sample < table.nameIndexes.length; sample++) {
    const nameIndex = table.nameIndexes[sample] ?? 0;
    const role = roles[nameIndex] ?? 'plain';
    if (role === 'plain' || role === 'created' || role === 'misnamed') continue;
    const family = families[nameIndex];
    if (family === undefined) continue;
    if (role === 'counter') draft.counts.push(sample);
    else if (role === 'info') draft.infos.push(sample);
    else if (role === 'state') addState(check, draft, { sample, family });
    else distributions.add({ sample, role, family });
  }
  distributions.finish();
  return draft;
}

function roleIn(name: string, family: Family | undefined): SampleRole {
  return family === undefined ? 'plain' : roleOf(name, family);
}

function addState(
  check: LayoutCheck,
  draft: ChecksDraft,
  state: { readonly sample: number; readonly family: Family },
): void {
  draft.states.push(state.sample);
  if (check.table.blocks[state.sample]?.labels.has(state.family.name) === true) return;
  const message = `a state of ${shown(state.family.name)} needs a label of that name`;
  check.warnings.add('broken-stateset', check.table.lines[state.sample] ?? 0, message);
}

/** Samples whose suffix does not fit the family's kind, once for each name, on its first line. */
function checkNames(check: LayoutCheck, roles: readonly SampleRole[]): void {
  const { table, families, format, warnings } = check;
  const isNamed = new Uint8Array(table.names.length);
  for (let sample = 0; sample < table.nameIndexes.length; sample++) {
    const nameIndex = table.nameIndexes[sample] ?? 0;
    if (isNamed[nameIndex] === 1) continue;
    isNamed[nameIndex] = 1;
    const name = table.names[nameIndex] ?? '';
    const family = families[nameIndex];
    if (family === undefined) continue;
    const line = table.lines[sample] ?? 0;
    if (roles[nameIndex] === 'misnamed' || (format === 'openmetrics' && lacksSuffix(name, family))) {
      warnings.add('misnamed-sample', line, `${shown(name)} is no name for a sample of a ${family.kind}`);
    }
  }
}

/** OpenMetrics spells out `_total` and `_info`. */
function lacksSuffix(name: string, family: Family): boolean {
  return (family.kind === 'counter' || family.kind === 'info') && name === family.name;
}

/** Metadata below its samples, and families whose lines do not stand together: each family once. */
function checkOrder(check: LayoutCheck): void {
  const { table, families, warnings } = check;
  const firstLines = new Map<string, number>();
  const split = new Set<string>();
  let current: Family | undefined;
  for (let sample = 0; sample < table.nameIndexes.length; sample++) {
    const family = families[table.nameIndexes[sample] ?? 0];
    if (family === undefined || family === current || family.name === current?.name) continue;
    const line = table.lines[sample] ?? 0;
    if (!firstLines.has(family.name)) firstLines.set(family.name, line);
    // Where nothing says which lines are one family, no line can stand apart from it.
    else if (family.hasType && !split.has(family.name)) {
      split.add(family.name);
      warnings.add('split-family', line, `lines of ${shown(family.name)} stand apart from its others`);
    }
    current = family;
  }
  const warned = new Set<string>();
  for (const family of families) {
    const late = family.metadataLines.find((line) => line > (firstLines.get(family.name) ?? Infinity));
    if (late === undefined || warned.has(family.name)) continue;
    warned.add(family.name);
    warnings.add('late-metadata', late, `metadata of ${shown(family.name)} stands below its first sample`);
  }
}

/** OpenMetrics allows exemplars on counters' totals and on buckets only. */
function checkExemplars(check: LayoutCheck, roles: readonly SampleRole[]): void {
  for (const sample of check.table.withExemplar) {
    const role = roles[check.table.nameIndexes[sample] ?? 0];
    if (role === 'counter' || role === 'bucket') continue;
    check.warnings.add('misplaced-exemplar', check.table.lines[sample] ?? 0, 'no exemplar may stand on this sample');
  }
}
