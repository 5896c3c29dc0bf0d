import { isFrontend, type EngineKind } from '#shared/model/inference-engine.ts';
import type { EngineSample } from '#shared/model/sample.ts';
import { isMatch, type TokenAuthority, type Topology } from '#shared/model/topology.ts';
import { rolesOf, type KnownRole, type RoleMemory } from './engine-roles.ts';

/** What is counted of one engine. `own` input is what it computed or found in its own cache. */
export type Part = {
  readonly input: 'all' | 'own' | 'none';
  /** Output tokens, and with them requests and latencies. */
  readonly output: boolean;
  /** Why, as a sentence. */
  readonly because: string;
};

export type Member = Part & KnownRole & { readonly sample: EngineSample };

/** Engines and frontends that serve one model, and who of them counts its tokens. */
export type Deployment = {
  /** The name that tokens of the model are counted under. */
  readonly model: string;
  readonly count: TokenAuthority;
  readonly isOverridden: boolean;
  /** Why they count, as a sentence. */
  readonly why: string;
  readonly members: readonly Member[];
};

/**
 * Decides who counts the tokens of each model, never two for the same token. Engines count where one is heard, because
 * their tokens belong to GPUs; a frontend repeats them. An engine once heard keeps its authority while it is silent: it
 * counts on and its tokens are bridged. The operator may choose the frontend.
 */
export function deploymentsOf(
  samples: readonly EngineSample[],
  topology: Pick<Topology, 'authority' | 'roles'>,
  rolesBefore: RoleMemory,
): readonly Deployment[] {
  const byModel = Map.groupBy(samples, servedName);
  return [...byModel.values()].map((group) => deploymentOf(group, topology, rolesBefore));
}

function deploymentOf(
  group: readonly EngineSample[],
  { authority, roles }: Pick<Topology, 'authority' | 'roles'>,
  rolesBefore: RoleMemory,
): Deployment {
  const frontends = group.filter(({ kind }) => isFrontend(kind));
  const engines = group.filter(({ kind }) => !isFrontend(kind));
  const choice = authority.find(({ model }) => group.some((sample) => namesModel(model, sample)));
  const { count, why } = authorityOf(frontends, engines, choice?.count ?? null);
  const known = rolesOf(engines, roles, rolesBefore);
  const parts = partsOfEngines(engines, known, count);
  const ofFrontend = count === 'frontend' ? COUNTED_FRONTEND : REPEATED_FRONTEND;
  return {
    model: (engines.length > 0 ? engines : frontends).map(({ model }) => model).toSorted()[0] ?? '',
    count,
    isOverridden: choice !== undefined,
    why,
    members: [
      ...frontends.map((sample) => ({ sample, role: null, from: null, ...ofFrontend })),
      ...engines.map((sample, index) => {
        const role = known.get(sample.engine) ?? { role: null, from: null };
        return { sample, ...role, ...(parts[index] ?? ALONE) };
      }),
    ],
  };
}

const COUNTED_FRONTEND: Part = { input: 'all', output: true, because: 'It counts the tokens of its model.' };
const REPEATED_FRONTEND: Part = { input: 'none', output: false, because: 'Its engines count the same tokens.' };
const ALONE: Part = { input: 'all', output: true, because: 'It counts its own tokens.' };

function authorityOf(
  frontends: readonly EngineSample[],
  engines: readonly EngineSample[],
  chosen: TokenAuthority | null,
): Pick<Deployment, 'count' | 'why'> {
  const haveTokens = engines.some(hasTokens);
  if (frontends.length === 0) {
    const why = 'The engines count: no frontend of this model is heard.';
    return { count: 'engines', why: chosen === 'frontend' ? `${why} The frontend was chosen by you.` : why };
  }
  if (chosen === 'frontend') return { count: 'frontend', why: 'The frontend counts: chosen by you.' };
  if (chosen === 'engines') return { count: 'engines', why: 'The engines count: chosen by you.' };
  return haveTokens
    ? { count: 'engines', why: 'The engines count: the frontend repeats their tokens, which belong to GPUs.' }
    : { count: 'frontend', why: 'The frontend counts: no engine of this model tells its tokens.' };
}

function hasTokens({ counters }: EngineSample): boolean {
  return counters.inputTokens !== null || counters.outputTokens !== null;
}

function partsOfEngines(
  engines: readonly EngineSample[],
  known: ReadonlyMap<string, KnownRole>,
  count: TokenAuthority,
): readonly Part[] {
  if (count === 'frontend') {
    const part: Part = { input: 'none', output: false, because: 'Its frontend counts the same tokens.' };
    return engines.map(() => part);
  }
  const roleOf = ({ engine }: EngineSample): KnownRole['role'] => known.get(engine)?.role ?? null;
  const prefills = engines.filter((sample) => roleOf(sample) === 'prefill');
  if (prefills.length === 0) return engines.map(() => ALONE);
  const others = engines.filter((sample) => roleOf(sample) !== 'prefill');
  return engines.map((sample) =>
    roleOf(sample) === 'prefill' ? prefillPart(sample.kind, others) : besidePrefill(sample, roleOf(sample)),
  );
}

/** Both workers of a TensorRT-LLM pair log a finished request with all its tokens, so its decode worker counts it. */
function prefillPart(kind: EngineKind, others: readonly EngineSample[]): Part {
  if (kind === 'tensorrt-llm' && others.some((other) => other.kind === kind)) {
    return { input: 'none', output: false, because: 'A prefill engine: the decode engine logs the same requests.' };
  }
  return {
    input: 'all',
    output: false,
    because: 'A prefill engine counts the input; decode engines write the output.',
  };
}

function besidePrefill({ kind, transferredTokens }: EngineSample, role: KnownRole['role']): Part {
  if (kind === 'tensorrt-llm') return { ...ALONE, because: 'It logs requests whole, also those that were prefilled.' };
  if (transferredTokens !== null) {
    const because = 'It counts the output, and of the input what no prefill engine handed over.';
    return { input: 'own', output: true, because };
  }
  if (role === null) return ALONE;
  return {
    input: 'none',
    output: true,
    because: 'A decode engine counts the output; prefill engines count the input.',
  };
}

/** The sample with what is counted of it; counters of the rest are unknown here, because another engine counts them. */
export function countedSample(sample: EngineSample, part: Part, role: KnownRole['role'], model: string): EngineSample {
  const { counters, transferredTokens } = sample;
  const input = (value: number | null): number | null => {
    if (part.input === 'none' || value === null) return null;
    return part.input === 'all' ? value : Math.max(0, value - (transferredTokens ?? 0));
  };
  const inputTokens = input(counters.inputTokens);
  const cachedTokens = input(counters.cachedTokens);
  if (part.output) return { ...sample, model, role, counters: { ...counters, inputTokens, cachedTokens } };
  return {
    ...sample,
    model,
    role,
    counters: { ...NO_COUNTERS, inputTokens, cachedTokens, preemptions: counters.preemptions },
    latencies: { ttft: null, interToken: null, endToEnd: null },
  };
}

const NO_COUNTERS = {
  outputTokens: null,
  requestsStopped: null,
  requestsLength: null,
  requestsAborted: null,
  requestsFailed: null,
  speculativeDrafts: null,
  draftTokens: null,
  acceptedTokens: null,
} as const;

/** A frontend writes names in lower case, and an engine may name the folder that it serves from: the last part decides. */
export function servedName({ model }: { readonly model: string }): string {
  return model.toLowerCase().replace(/\/+$/, '').replace(/^.*\//, '');
}

function namesModel(pattern: string, sample: EngineSample): boolean {
  return isMatch(pattern, sample.model) || isMatch(servedName({ model: pattern }), servedName(sample));
}
