import { chance, chanceBetween, keyOf } from './chance.ts';
import { firstStep, stepsOf, stepsPerDay } from './grid.ts';
import { gpuKinds, type GpuKind } from './gpu-kinds.ts';
import { servedModels, type ServedModel } from './served-models.ts';
import { outageAt, storySteps, type EngineStory, type Outage } from './story.ts';

export type Site = { readonly name: string; readonly hoursFromUtc: number };

export type Gpu = {
  readonly index: number;
  readonly uuid: string;
  readonly key: number;
  /** Board power of this very GPU with nothing loaded. */
  readonly floorWatts: number;
  /** How much more or less than its neighbours it draws under load, around 1. */
  readonly drawFactor: number;
  readonly engine?: Engine;
  /** From this step on the driver no longer sees it (two steps after its XID 79). */
  readonly lostStep?: number;
};

export type Node = {
  readonly name: string;
  readonly site: Site;
  readonly rack: string;
  readonly pool: string;
  readonly kind: GpuKind;
  readonly gpus: readonly Gpu[];
  readonly engines: readonly Engine[];
  /** From this step on its boards are held to fewer watts. */
  readonly powerCap?: { readonly step: number; readonly watts: number };
};

export type Engine = {
  readonly pod: string;
  readonly key: number;
  readonly model: ServedModel;
  readonly modelKey: number;
  readonly node: string;
  readonly site: Site;
  readonly pool: string;
  readonly kind: GpuKind;
  readonly gpuIndexes: readonly number[];
  readonly story: EngineStory;
};

type NodePlan = Omit<Node, 'gpus' | 'engines'> & {
  /** Models on the node with GPUs per engine, in GPU order. */
  readonly engines: readonly { readonly model: ServedModel; readonly gpus: number; readonly count: number }[];
};

const dallas: Site = { name: 'dallas', hoursFromUtc: -6 };
const ashburn: Site = { name: 'ashburn', hoursFromUtc: -5 };
const lostGpu = { node: 'dal-h100-02', index: 5 };

/** All nodes of the sample fleet with their GPUs and engines: 9 HGX nodes in Dallas, one NVL72 rack in Ashburn. */
export function nodesOf(seed: number): readonly Node[] {
  const replicas = new Map<string, number>();
  return nodePlans().map((plan) => nodeOf(seed, plan, replicas));
}

function nodePlans(): readonly NodePlan[] {
  const b200 = (number: number, pool: string, engines: NodePlan['engines']): NodePlan => ({
    name: `dal-b200-0${number}`,
    site: dallas,
    rack: `dal-r${10 + Math.ceil(number / 4)}`,
    pool,
    kind: gpuKinds.b200,
    engines,
  });
  const h100 = (number: number): NodePlan => ({
    name: `dal-h100-0${number}`,
    site: dallas,
    rack: 'dal-r07',
    pool: 'general',
    kind: gpuKinds.h100,
    engines: [{ model: servedModels.llama, gpus: 2, count: 4 }],
  });
  const { kimi, qwen, gptOss } = servedModels;
  return [
    b200(1, 'reasoning', [{ model: kimi, gpus: 8, count: 1 }]),
    b200(2, 'reasoning', [{ model: kimi, gpus: 8, count: 1 }]),
    b200(3, 'general', [{ model: qwen, gpus: 4, count: 2 }]),
    b200(4, 'general', [{ model: qwen, gpus: 4, count: 2 }]),
    b200(5, 'general', [{ model: gptOss, gpus: 2, count: 4 }]),
    b200(6, 'general', [{ model: gptOss, gpus: 1, count: 8 }]),
    b200(7, 'dev', []),
    h100(1),
    h100(2),
    ...Array.from({ length: 18 }, (_, at) => trayPlan(at + 1)),
  ];
}

/** Trays 1-10 reason, 11-14 write code, 15-18 have no workload at all. */
function trayPlan(number: number): NodePlan {
  const { deepseek, coder } = servedModels;
  const model = number <= 10 ? deepseek : coder;
  return {
    name: `ash-nvl72-01-t${String(number).padStart(2, '0')}`,
    site: ashburn,
    rack: 'ash-nvl72-01',
    pool: number <= 10 ? 'reasoning' : number <= 14 ? 'code' : 'spare',
    kind: gpuKinds.gb200,
    engines: number <= 14 ? [{ model, gpus: 4, count: 1 }] : [],
  };
}

function nodeOf(seed: number, plan: NodePlan, replicas: Map<string, number>): Node {
  const engines: Engine[] = [];
  let nextGpu = 0;
  for (const group of plan.engines) {
    for (let count = 0; count < group.count; count++, nextGpu += group.gpus) {
      const replica = replicas.get(group.model.name) ?? 0;
      replicas.set(group.model.name, replica + 1);
      const gpuIndexes = Array.from({ length: group.gpus }, (_, at) => nextGpu + at);
      engines.push(engineOf(seed, plan, group.model, replica, gpuIndexes));
    }
  }
  const gpus = plan.kind.busIds.map((_, index) => gpuOf(seed, plan, index, engines));
  const { pool, step, watts } = storySteps.powerCap;
  return { ...plan, gpus, engines, ...(plan.pool === pool ? { powerCap: { step, watts } } : {}) };
}

function engineOf(seed: number, plan: NodePlan, model: ServedModel, replica: number, gpuIndexes: number[]): Engine {
  const modelKey = keyOf(seed, model.name);
  const pod = `${model.name.replace('.', '-')}-${hex(modelKey, 4)}-${replica}`;
  const key = keyOf(seed, pod);
  const losesGpu = plan.name === lostGpu.node && gpuIndexes.includes(lostGpu.index);
  const story = storyOf(model, replica, Math.floor(chance(key, 1) * stepsPerDay), gpuIndexes.length);
  return {
    pod,
    key,
    model,
    modelKey,
    node: plan.name,
    site: plan.site,
    pool: plan.pool,
    kind: plan.kind,
    gpuIndexes,
    story: losesGpu ? { ...story, goneStep: storySteps.gpuLost } : story,
  };
}

/** Who lives through what: the events of `storySteps`, told per model and replica. */
function storyOf(model: ServedModel, replica: number, delaySteps: number, gpus: number): EngineStory {
  const start = outageAt(firstStep + delaySteps);
  // A rolling update takes the replicas down one after another, five minutes apart.
  const turn = stepsOf(0, 5) * replica;
  const updated = (step: number, change: Pick<Outage, 'release' | 'launch'>): EngineStory['outages'] => [
    start,
    outageAt(step + turn, change),
  ];
  switch (model) {
    case servedModels.deepseek: {
      const release = '0.12.1';
      const outages = updated(storySteps.updateThatHelps, { release });
      return { release: '0.11.0', outages, speedUp: { release, factor: 1.12 } };
    }
    case servedModels.qwen:
      return { release: '0.11.2', outages: updated(storySteps.updateWithoutEffect, { release: '0.12.0' }) };
    case servedModels.llama: {
      const { step, loadFactor } = storySteps.updateAsLoadGrows;
      const outages = updated(step, { release: '0.10.2' });
      return { release: '0.10.1', outages, loadGrowth: { step, factor: loadFactor } };
    }
    case servedModels.kimi: {
      const release = '0.17.0';
      const outages = updated(storySteps.updateTooRecent, { release });
      return { release: '0.16.0', outages, speedUp: { release, factor: 1.05 } };
    }
    case servedModels.coder:
      return replica === 0
        ? { release: '0.13.0', outages: [start] }
        : { release: '0.13.0', outages: [start], quietFromStep: storySteps.quietReplicas };
    case servedModels.gptOss: {
      const launch = { cacheDtype: 'fp8', gpuMemoryUtilization: '0.94' };
      const outages = updated(storySteps.otherArguments, { launch });
      if (replica === 1) return { release: '0.20.1', outages: [...outages, outageAt(storySteps.restart)] };
      return { release: '0.20.1', outages, restartsHourly: gpus === 1 && replica === 6 };
    }
    default:
      return { release: '0.10.2', outages: [start] };
  }
}

function gpuOf(seed: number, plan: NodePlan, index: number, engines: readonly Engine[]): Gpu {
  const key = keyOf(seed, `${plan.name}/${index}`);
  const engine = engines.find((candidate) => candidate.gpuIndexes.includes(index));
  const isLost = plan.name === lostGpu.node && index === lostGpu.index;
  return {
    index,
    uuid: uuidOf(key),
    key,
    floorWatts: plan.kind.floorWatts * chanceBetween(key ^ 1, 0.97, 1.05),
    drawFactor: chanceBetween(key ^ 2, 0.96, 1.02),
    ...(engine === undefined ? {} : { engine }),
    ...(isLost ? { lostStep: storySteps.gpuLost + 2 } : {}),
  };
}

function uuidOf(key: number): string {
  const digits = Array.from({ length: 4 }, (_, at) => hex(key ^ (at * 0x9e3779b1), 8)).join('');
  return `GPU-${[digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-')}`;
}

function hex(key: number, length: number): string {
  return Math.floor(chance(key, 2) * 4294967296)
    .toString(16)
    .padStart(8, '0')
    .slice(0, length);
}
