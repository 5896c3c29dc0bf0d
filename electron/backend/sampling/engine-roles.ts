import type { EngineRole } from '#shared/model/inference-engine.ts';
import type { EngineSample } from '#shared/model/sample.ts';
import { isMatch, type Topology } from '#shared/model/topology.ts';

/** The side of requests that an engine works on, and who says so. Null: both sides, or nobody tells. */
export type KnownRole = { readonly role: EngineRole | null; readonly from: 'operator' | 'label' | 'counters' | null };

const NO_ROLE: KnownRole = { role: null, from: null };

/** Requests that must have ended before their tokens tell what kind of engine it is. */
const REQUESTS_MIN = 20;

/** Of an engine that hands its requests on: tokens written per finished request, one each. */
const PREFILL_TOKENS_MAX = 1.05;
const PREFILL_TOKENS_CONTRADICTED = 2;

/** Of a decode engine: the share of its input that came over. A shared cache rarely holds so much. */
const TRANSFERRED_SHARE_MIN = 0.5;
const TRANSFERRED_SHARE_CONTRADICTED = 0.1;

/** Roles of engines by name, as they were known before: what counters once told holds until they contradict it. */
export type RoleMemory = (engine: string) => KnownRole | undefined;

/**
 * The roles of the engines that serve one model. The operator's word comes first, then the engine's own labels. vLLM
 * outside Dynamo has no label: there a pair is known by its counters, when one engine writes a single token per request
 * and another gets most of its input from elsewhere. One without the other proves nothing: a cache outside the GPU
 * writes the same counter. Source: engine reference, section "Double counting and reset hazards", vLLM P/D.
 */
export function rolesOf(
  engines: readonly EngineSample[],
  roles: Topology['roles'],
  before: RoleMemory,
): ReadonlyMap<string, KnownRole> {
  const told = new Map(engines.map((sample) => [sample.engine, toldRole(sample, roles)]));
  const open = engines.filter(({ engine }) => told.get(engine)?.from === null);
  const looks = new Map(open.map((sample) => [sample.engine, looksLike(sample, before(sample.engine))]));
  const all = [...told.values(), ...looks.values()];
  const isPair = (['prefill', 'decode'] as const).every((role) => all.some((known) => known.role === role));
  return new Map(
    engines.map(({ engine }) => {
      const known = told.get(engine) ?? NO_ROLE;
      return [engine, known.from !== null || !isPair ? known : (looks.get(engine) ?? NO_ROLE)];
    }),
  );
}

function toldRole(sample: EngineSample, roles: Topology['roles']): KnownRole {
  const word = roles.find(({ engine }) => namesEngine(engine, sample));
  if (word !== undefined) return { role: word.role === 'both' ? null : word.role, from: 'operator' };
  return sample.role === null ? NO_ROLE : { role: sample.role, from: 'label' };
}

/** Whether a pattern of the operator means an engine: by its name, its pod or its address. */
export function namesEngine(
  pattern: string,
  { engine, pod, address }: Pick<EngineSample, 'engine' | 'pod' | 'address'>,
): boolean {
  return [engine, pod, address].some((name) => isMatch(pattern, name));
}

function looksLike(sample: EngineSample, before: KnownRole | undefined): KnownRole {
  const { kind, counters, transferredTokens } = sample;
  if (kind !== 'vllm') return NO_ROLE;
  const held = before?.from === 'counters' ? before.role : null;
  const input = counters.inputTokens ?? 0;
  const share = input === 0 ? null : (transferredTokens ?? 0) / input;
  const shareMin = held === 'decode' ? TRANSFERRED_SHARE_CONTRADICTED : TRANSFERRED_SHARE_MIN;
  const isDecode = share === null ? held === 'decode' : share >= shareMin;
  if (isDecode) return { role: 'decode', from: 'counters' };
  return isPrefill(sample, held === 'prefill') ? { role: 'prefill', from: 'counters' } : NO_ROLE;
}

function isPrefill({ counters, requestsRunning }: EngineSample, wasPrefill: boolean): boolean {
  const { requestsStopped, requestsLength, requestsAborted, outputTokens } = counters;
  const finished = (requestsStopped ?? 0) + (requestsLength ?? 0) + (requestsAborted ?? 0);
  if (outputTokens === null || (!wasPrefill && finished < REQUESTS_MIN)) return false;
  const perRequest = wasPrefill ? PREFILL_TOKENS_CONTRADICTED : PREFILL_TOKENS_MAX;
  return outputTokens <= finished * perRequest + (requestsRunning ?? 0);
}
