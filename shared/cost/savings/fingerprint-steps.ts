import type { GpuSeat } from '#shared/model/gpu.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { comparedEngines, type FingerprintPair } from './compared-fingerprints.ts';
import { changedFields, NO_FINGERPRINT } from './fingerprint-change.ts';

/** The power limit of a node's GPUs from an instant on, W, until the next level. */
export type PowerLimitLevel = { readonly node: string; readonly from: EpochMs; readonly watts: number };

/** One replica that changed at an instant. */
export type FingerprintStep = FingerprintPair & { readonly engine: string; readonly at: EpochMs };

/** A limit is set in whole watts; what moves by less is how it is read. */
const POWER_LIMIT_WATTS_MIN = 1;

/** An engine that begins so long after the deployment does is a new one, and not one that was only heard of late. */
const SETTLED_MS = 3_600_000;

/** A deployment replaces its pods within this time. */
const REPLACED_MS = 6 * 3_600_000;

/** All that changed in the engines of one deployment, and on the machines below them, in order of time. */
export function stepsOf(
  engines: ReadonlyMap<string, readonly EngineSpan[]>,
  machines: { readonly seats: readonly GpuSeat[]; readonly powerLimits: readonly PowerLimitLevel[] },
): readonly FingerprintStep[] {
  const spans = [...engines.values()].flat();
  const begin = Math.min(...spans.map(({ since }) => since));
  const steps = [...engines].flatMap(([engine, own]) => [
    ...stepsInPlace(engine, own),
    ...stepsByReplacement(engine, own, spans, begin),
    ...machineSteps(engine, own, [...driverSteps(machines.seats), ...limitSteps(machines.powerLimits)]),
  ]);
  return steps
    .filter(({ from, to }) => changedFields(from, to).length > 0)
    .toSorted((one, other) => one.at - other.at || (one.engine < other.engine ? -1 : 1));
}

function stepsInPlace(engine: string, spans: readonly EngineSpan[]): FingerprintStep[] {
  return spans.slice(1).flatMap((span, index) => {
    const before = spans[index];
    return before === undefined ? [] : [{ engine, at: span.since, ...comparedEngines(before, span) }];
  });
}

/**
 * A new pod in the place of an old one: it is compared with what began last before it in its deployment. One that begins
 * long after the first of its kind only adds to them.
 */
function stepsByReplacement(
  engine: string,
  [first]: readonly EngineSpan[],
  all: readonly EngineSpan[],
  begin: number,
): FingerprintStep[] {
  if (first === undefined || first.since - begin < SETTLED_MS) return [];
  const earlier = all
    .filter((span) => span.engine !== engine && span.since < first.since)
    .toSorted((one, other) => other.since - one.since);
  const place = earlier.findIndex((span) => differs(span, first));
  const before = earlier[place];
  const firstOfKind = earlier[place - 1] ?? first;
  if (before === undefined || first.since - firstOfKind.since > REPLACED_MS) return [];
  return [{ engine, at: first.since, ...comparedEngines(before, first) }];
}

function differs(before: EngineSpan, after: EngineSpan): boolean {
  const { from, to } = comparedEngines(before, after);
  return changedFields(from, to).length > 0;
}

/** A change of a machine, for whatever engine is on it. */
type NodeStep = FingerprintPair & { readonly node: string; readonly at: EpochMs };

function machineSteps(engine: string, spans: readonly EngineSpan[], steps: readonly NodeStep[]): FingerprintStep[] {
  return steps.flatMap(({ node, at, from, to }) => {
    const isThere = spans.some((span) => span.node === node && span.since <= at && (span.until ?? Infinity) >= at);
    return isThere ? [{ engine, at, from, to }] : [];
  });
}

function driverSteps(seats: readonly GpuSeat[]): NodeStep[] {
  const byGpu = Map.groupBy(seats, ({ gpu }) => gpu);
  const steps = [...byGpu.values()].flatMap((own) => {
    const ordered = own.toSorted((one, other) => one.since - other.since);
    return ordered.slice(1).flatMap((seat, index) => {
      const before = ordered[index];
      if (before === undefined || seat.node === null || before.node !== seat.node) return [];
      const from = { ...NO_FINGERPRINT, driver: before.driverVersion, cuda: before.cudaVersion };
      const to = { ...NO_FINGERPRINT, driver: seat.driverVersion, cuda: seat.cudaVersion };
      return changedFields(from, to).length === 0 ? [] : [{ node: seat.node, at: seat.since, from, to }];
    });
  });
  // All GPUs of a machine have one driver: its change is told once, when the first of them shows it.
  const ofMachine = Map.groupBy(steps, ({ node, from, to }) => JSON.stringify([node, from, to]));
  return [...ofMachine.values()].flatMap((same) => same.toSorted((one, other) => one.at - other.at).slice(0, 1));
}

function limitSteps(levels: readonly PowerLimitLevel[]): NodeStep[] {
  const byNode = Map.groupBy(levels, ({ node }) => node);
  return [...byNode.values()].flatMap((own) => {
    const ordered = own.toSorted((one, other) => one.from - other.from);
    return ordered.slice(1).flatMap((level, index) => {
      const before = ordered[index];
      if (before === undefined || Math.abs(level.watts - before.watts) < POWER_LIMIT_WATTS_MIN) return [];
      const side = (watts: number) => ({ ...NO_FINGERPRINT, 'power-cap': `${Math.round(watts)} W` });
      return [{ node: level.node, at: level.from, from: side(before.watts), to: side(level.watts) }];
    });
  });
}
