import type { Deployments } from '#shared/contract/backend-api.ts';
import type { DeploymentReport, EngineReport } from '#shared/model/deployment.ts';
import type { PlacementRule, VersionEvidence } from '#shared/model/inference-engine.ts';
import type { TokenAuthority, Topology } from '#shared/model/topology.ts';
import { formatNumber, formatWithUnit, UNKNOWN } from '#shared/units/format-quantity.ts';

const KIND_NAMES: Readonly<Record<EngineReport['kind'], string>> = {
  vllm: 'vLLM',
  sglang: 'SGLang',
  'tensorrt-llm': 'TensorRT-LLM',
  dynamo: 'Dynamo frontend',
  triton: 'Triton',
  tgi: 'TGI',
  'llama.cpp': 'llama.cpp',
  lmdeploy: 'LMDeploy',
  nim: 'NIM',
};

const EVIDENCE: Readonly<Record<VersionEvidence, string>> = {
  http: 'told by the engine',
  image: 'by its container image',
  'pod-label': "by its pod's label",
  'metric-names': 'at least, by its metrics',
};

const RULES: Readonly<Record<PlacementRule, string>> = {
  operator: 'mapped by you',
  pod: "by its pod's label",
  process: 'by its processes',
  reported: 'by what it says itself',
  node: 'all engines of its machine',
};

const ROLE_SOURCES = { operator: 'said by you', label: 'by its labels', counters: 'by its counters' } as const;

const COUNTS: Readonly<Record<EngineReport['counts'], string>> = {
  all: 'input and output',
  input: 'input only',
  output: 'output only',
  nothing: 'nothing',
};

/** One engine as a row of words; a second line under a cell says how it is known. */
export type EngineRow = {
  readonly key: string;
  readonly name: string;
  readonly also: string | null;
  readonly software: string;
  readonly version: string;
  readonly versionFrom: string;
  readonly role: string;
  readonly roleFrom: string;
  readonly node: string;
  readonly gpus: string;
  readonly gpusFrom: string;
  readonly isUnplaced: boolean;
  readonly counts: string;
  readonly isCounted: boolean;
  readonly because: string;
  readonly lastHeard: EngineReport['lastHeard'];
  readonly notice: string | null;
};

export function engineRow(engine: EngineReport): EngineRow {
  const { version, versionEvidence, role, roleFrom, alsoSeenAs, sleeping } = engine;
  return {
    key: engine.engine,
    name: engine.pod ?? engine.engine,
    also: alsoSeenAs.length === 0 ? null : `also seen as ${alsoSeenAs.join(', ')}: counted once`,
    software: KIND_NAMES[engine.kind],
    version: version ?? UNKNOWN,
    versionFrom: version === null || versionEvidence === null ? 'nobody tells' : EVIDENCE[versionEvidence],
    role: role ?? UNKNOWN,
    roleFrom: role === null || roleFrom === null ? '' : ROLE_SOURCES[roleFrom],
    node: engine.node ?? UNKNOWN,
    gpus: gpusOf(engine),
    gpusFrom: engine.unplaced ?? (engine.placement === null ? '' : RULES[engine.placement.rule]),
    isUnplaced: engine.unplaced !== null,
    counts: COUNTS[engine.counts],
    isCounted: engine.counts !== 'nothing',
    because: engine.because,
    lastHeard: engine.lastHeard,
    notice: [engine.notice, asleep(sleeping)].filter((text) => text !== null).join(' ') || null,
  };
}

function asleep(sleeping: number | null): string | null {
  if (sleeping === null || sleeping === 0) return null;
  return sleeping === 1 ? 'It sleeps: its weights are off the GPU.' : 'Some of its ranks sleep.';
}

/** `8 GPUs`, or with the share of each where others have the rest. */
function gpusOf({ placement, unplaced, kind }: EngineReport): string {
  if (placement === null) return unplaced === null && kind === 'dynamo' ? 'none of its own' : 'unplaced';
  const { gpus } = placement;
  const count = `${formatNumber(gpus.length, 0)} ${gpus.length === 1 ? 'GPU' : 'GPUs'}`;
  const share = gpus.reduce((sum, gpu) => sum + gpu.share, 0) / gpus.length;
  return share > 0.999 ? count : `${count}, ${formatWithUnit(share, 'ratio')} of each`;
}

/** The sentence at the head of the page. */
export function summaryOf({ deployments }: Deployments): string {
  const engines = deployments.flatMap((deployment) => deployment.engines);
  const unplaced = engines.filter((engine) => engine.unplaced !== null).length;
  const left = engines.filter((engine) => engine.counts === 'nothing').length;
  const parts = [
    `${counted(engines.length, 'engine')} ${engines.length === 1 ? 'serves' : 'serve'} ${counted(deployments.length, 'model')}`,
  ];
  if (left > 0)
    parts.push(`${left} of them ${left === 1 ? 'is' : 'are'} left out, because others count the same tokens`);
  parts.push(
    unplaced === 0 ? 'none is unplaced' : `${counted(unplaced, 'engine')} ${unplaced === 1 ? 'holds' : 'hold'} no GPU`,
  );
  return `${parts.join('; ')}.`;
}

function counted(count: number, name: string): string {
  return `${formatNumber(count, 0)} ${name}${count === 1 ? '' : 's'}`;
}

/** What the operator chose for a model; `auto` where nothing was said. */
export function choiceOf({ isOverridden, count }: DeploymentReport): TokenAuthority | 'auto' {
  return isOverridden ? count : 'auto';
}

/** The operator's word with another choice for one model; what was said of it before is taken back. */
export function withAuthority(topology: Topology, model: string, choice: TokenAuthority | 'auto'): Topology {
  const others = topology.authority.filter((entry) => lastPart(entry.model) !== lastPart(model));
  return { ...topology, authority: choice === 'auto' ? others : [...others, { model, count: choice }] };
}

function lastPart(model: string): string {
  return model.toLowerCase().replace(/^.*\//, '');
}

/** GPUs as they are typed: `all`, or UUIDs and indexes with commas or blanks between. Null where nothing is there. */
export function gpusFromText(text: string): Topology['placements'][number]['gpus'] | null {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  if (names.length === 0) return null;
  return names.length === 1 && names[0]?.toLowerCase() === 'all' ? 'all' : names;
}
