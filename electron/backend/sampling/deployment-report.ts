import { newerThanKnown } from '#backend/sources/inference-engine/engine-table.ts';
import { tableOf } from '#backend/sources/inference-engine/engine-tables.ts';
import type { DeploymentReport, EnginePlacement, EngineReport } from '#shared/model/deployment.ts';
import { isFrontend } from '#shared/model/inference-engine.ts';
import type { EngineSample, GpuSample } from '#shared/model/sample.ts';
import type { Topology } from '#shared/model/topology.ts';
import { epochMs } from '#shared/time/instant.ts';
import { namesEngine } from './engine-roles.ts';
import type { KnownEngines } from './known-engines.ts';
import type { PlaceableEngine, Placer } from './place-engines.ts';
import { planNode } from './place-on-node.ts';
import type { Member } from './token-authority.ts';

type Places = {
  /** Engines that are not silent for too long to hold GPUs. */
  readonly placeable: readonly PlaceableEngine[];
  readonly placer: Placer;
  readonly gpus: readonly GpuSample[];
  readonly topology: Topology;
};

/** Describes every model that is served: who counts its tokens and why, and where its engines are. */
export function reportOf(engines: KnownEngines, places: Places): readonly DeploymentReport[] {
  const placements = placementsByEngine(places);
  const reports = engines.deployments().map(({ model, count, isOverridden, why, members }) => ({
    model,
    count,
    isOverridden,
    why,
    hasFrontend: members.some(({ sample }) => isFrontend(sample.kind)),
    engines: members
      .map((member) => engineReport(member, engines, placements, places))
      .toSorted((one, other) => (one.engine < other.engine ? -1 : 1)),
  }));
  return reports.toSorted((one, other) => (one.model < other.model ? -1 : 1));
}

function engineReport(
  member: Member,
  engines: KnownEngines,
  placements: ReadonlyMap<string, EnginePlacement>,
  places: Places,
): EngineReport {
  const { sample, role, from, because } = member;
  const { engine, kind, model, pod, node, gpuCount, sleeping } = sample;
  const span = engines.tracks.get(engine)?.span;
  const version = sample.version ?? span?.version ?? null;
  const placement = placements.get(engine) ?? null;
  const isPlaced = !engines.holdsGpus(sample) || placement !== null;
  const table = tableOf(kind);
  return {
    engine,
    kind,
    model,
    role,
    roleFrom: from,
    version,
    versionEvidence: sample.version === null ? (span?.versionEvidence ?? null) : sample.versionEvidence,
    pod,
    node,
    counts: countsOf(member),
    because,
    placement,
    unplaced: isPlaced ? null : reasonUnplaced(sample, places),
    gpuCount,
    sleeping,
    alsoSeenAs: engines.alsoSeenAs(engine),
    lastHeard: engines.lastHeard(engine) ?? epochMs(0),
    notice: table === undefined || version === null ? null : newerThanKnown(table, version),
  };
}

function countsOf({ input, output }: Member): EngineReport['counts'] {
  if (input === 'none') return output ? 'output' : 'nothing';
  return output ? 'all' : 'input';
}

function placementsByEngine({ placer, gpus, placeable }: Places): ReadonlyMap<string, EnginePlacement> {
  const names = new Map(placeable.map(({ engineSpan, engine }) => [engineSpan, engine]));
  const found = new Map<string, { rule: EnginePlacement['rule']; gpus: EnginePlacement['gpus'][number][] }>();
  for (const gpu of gpus) {
    const placement = placer(gpu)?.placement;
    for (const { engineSpan, share } of placement?.members ?? []) {
      const engine = names.get(engineSpan ?? '');
      if (engine === undefined || placement === undefined) continue;
      const entry = found.get(engine) ?? { rule: placement.rule, gpus: [] };
      entry.gpus.push({ gpu: gpu.gpu, index: gpu.index, node: gpu.node, share });
      found.set(engine, entry);
    }
  }
  return found;
}

/** Why an engine holds no GPU, and what can be done about it. */
function reasonUnplaced(sample: EngineSample, { placeable, gpus, topology }: Places): string {
  const { engine, pod, node } = sample;
  if (!placeable.some((other) => other.engine === engine)) return 'It has been silent for too long to hold GPUs.';
  if (topology.placements.some((mapping) => namesEngine(mapping.engine, sample))) {
    return 'Your mapping names GPUs that nobody sees: compare its node and GPUs with the list of GPUs.';
  }
  const onNode = gpus.filter((gpu) => node !== null && gpu.node === node);
  if (pod !== null && onNode.some(({ workloads }) => workloads.length > 0)) {
    return `No GPU of ${node} is labelled with its pod ${pod}: does its exporter label every GPU, and is this its pod's name?`;
  }
  if (node === null) return 'Nobody tells which machine it runs on: add a node label to its target, or map it by hand.';
  if (onNode.length === 0) {
    const isPodNamed = gpus.some(({ workloads }) => workloads.length > 0);
    return pod !== null && isPodNamed
      ? `No GPU is labelled with its pod ${pod}, and no GPU of ${node} is seen: connect its exporter.`
      : `No GPU of ${node} is seen: connect its GPU exporter, or name its machine as the exporter does.`;
  }
  if (onNode.some(({ workloads }) => workloads.length > 0)) {
    return `The GPUs of ${node} are labelled with pods, and it has none: map it by hand.`;
  }
  const neighbours = placeable.filter((other) => other.node === node);
  return planNode(neighbours, onNode).trouble ?? `No free GPU of ${node} holds a model.`;
}
