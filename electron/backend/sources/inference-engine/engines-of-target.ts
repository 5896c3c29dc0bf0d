import type { EngineKind } from '#shared/model/inference-engine.ts';
import type { SampleProblem } from '#shared/model/sample.ts';
import { modelAt, type TargetSeries } from './engine-series.ts';
import { enginePlans, type EnginePlan } from './engine-plan.ts';
import { ENGINE_TABLES } from './engine-tables.ts';
import { repeatProblems } from './repeaters.ts';
import { tokenMetricsOf, type EngineTable } from './engine-table.ts';

const UNREAD_REASONS = 'It has served nothing yet, exports no tokens, or is of a release that Tokenwatt does not know.';

export type EnginesOfTarget = {
  readonly plans: readonly EnginePlan[];
  /** Engines whose tokens cannot be read, and gateways whose tokens must not be: said, never taken for zero. */
  readonly notices: readonly SampleProblem[];
};

/** Finds each engine of a target once: a metric belongs to the first table that finds it. */
export function enginesOfTarget(target: TargetSeries, address: string): EnginesOfTarget {
  const plans: EnginePlan[] = [];
  const claimed = new Set<string>();
  for (const table of ENGINE_TABLES) {
    const found = isReadable(table, target, plans, claimed) ? enginePlans(table, target, address) : [];
    plans.push(...found);
    if (found.length > 0) for (const name of tokenMetricsOf(table)) claimed.add(name);
  }
  // A router shows gauges under its engines' names: without token counters it is none of them.
  const repeats = plans.some((plan) => plan.hasTokens) ? [] : repeatProblems(target);
  if (repeats.length > 0) return { plans: [], notices: repeats };
  const unread = ENGINE_TABLES.filter((table) => !isAnswered(table, plans, claimed));
  return { plans, notices: unread.flatMap((table) => unreadProblem(table, target)) };
}

function isReadable(
  table: EngineTable,
  target: TargetSeries,
  plans: readonly EnginePlan[],
  claimed: ReadonlySet<string>,
): boolean {
  if (table.onlyAlone && plans.length > 0) return false;
  if (tokenMetricsOf(table).some((name) => claimed.has(name))) return false;
  return table.requires.every((name) => target.names.has(name));
}

/** Whether traces of a table's engine need no explanation: its tokens are read, by it or by one that comes before it. */
function isAnswered(table: EngineTable, plans: readonly EnginePlan[], claimed: ReadonlySet<string>): boolean {
  const isClaimed = tokenMetricsOf(table).some((name) => claimed.has(name));
  const ofKind = plans.filter((plan) => plan.described.kind === table.kind);
  if (ofKind.length > 0) return ofKind.some((plan) => plan.hasTokens);
  return isClaimed || (table.onlyAlone && plans.length > 0);
}

function unreadProblem(table: EngineTable, target: TargetSeries): SampleProblem[] {
  const trace = [...target.names].find((name) => table.traces.some((prefix) => name.startsWith(prefix)));
  if (trace === undefined) return [];
  const counters = [...new Set(tokenMetricsOf(table))].join(', ');
  const why =
    counters === ''
      ? 'but in a release that exports no tokens: a newer one does.'
      : `but none of the token counters known of it: ${counters}. ${UNREAD_REASONS}`;
  return [{ kind: 'unread', message: `${table.kind} is there (${trace}), ${why}` }];
}

/** Engines that show themselves in a target by their names alone, with the models that their series name. */
export function tracedEngines(target: TargetSeries): readonly { kind: EngineKind; models: readonly string[] }[] {
  return ENGINE_TABLES.flatMap((table) => {
    const traces = [...target.names].filter((name) => table.traces.some((prefix) => name.startsWith(prefix)));
    const models = traces.flatMap(target.ofMetric).map((index) => modelAt(table, target.labelsAt(index)));
    const isSeen = traces.length > 0 && table.requires.every((name) => target.names.has(name));
    return isSeen ? [{ kind: table.kind, models: [...new Set(models.filter((model) => model !== null))] }] : [];
  });
}
