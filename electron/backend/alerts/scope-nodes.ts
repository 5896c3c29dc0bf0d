import { seatsInScope, type AnswerContext } from '#backend/answers/answer-context.ts';
import { isPhysical } from '#backend/answers/presence.ts';
import { callScope } from '#backend/answers/alerts/watched-figures.ts';
import type { GpuDimension, Scope } from '#backend/store/store.ts';
import type { WatchScope } from '#shared/model/alert.ts';
import type { SourceHealth, TargetHealth } from '#shared/model/source-health.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';

/** Nodes of a scope: what is installed there, or where it ran in the last day. Null is every node. */
export async function nodesOfScope(
  context: AnswerContext,
  scope: WatchScope,
  at: EpochMs,
): Promise<ReadonlySet<string> | null> {
  const asked = Object.entries(scope).filter(([, value]) => value !== undefined);
  if (asked.length === 0) return null;
  if (asked.every(([name]) => isPhysical(name))) {
    const seats = await context.store.seats({ from: at, to: epochMs(at + 1) });
    return new Set(seatsInScope(seats, callScope(scope)).flatMap(({ node }) => node ?? []));
  }
  const rows = await context.store.gpuFacts({
    window: { from: plusSeconds(at, -86_400), to: at },
    scope: Object.fromEntries(asked) as Scope<GpuDimension>,
    by: ['node'],
    stepSeconds: null,
    columns: ['observedSeconds'],
  });
  return new Set(rows.flatMap(({ by: [node] }) => node ?? []));
}

/** Nodes whose GPUs nobody has heard lately, though they are installed. */
export async function unheardNodes(context: AnswerContext, at: EpochMs): Promise<ReadonlySet<string>> {
  const window = { from: plusSeconds(at, -UNHEARD_SECONDS), to: at };
  const [seats, rows] = await Promise.all([
    context.store.seats({ from: at, to: epochMs(at + 1) }),
    context.store.gpuFacts({ window, by: ['node'], stepSeconds: null, columns: ['observedSeconds'] }),
  ]);
  const heard = new Set(rows.flatMap(({ by: [node], sums }) => ((sums.observedSeconds ?? 0) > 0 ? (node ?? []) : [])));
  return new Set(seats.flatMap(({ node }) => (node === null || heard.has(node) ? [] : [node])));
}

const UNHEARD_SECONDS = 180;

const SILENT: ReadonlySet<TargetHealth['state']> = new Set(['down', 'stale']);

/** Targets of a source that are not heard. */
export function silentTargets({ targets }: SourceHealth): readonly TargetHealth[] {
  return targets.filter(({ state }) => SILENT.has(state));
}

export function isSilent(health: SourceHealth): boolean {
  return SILENT.has(health.state) || (health.state !== 'paused' && silentTargets(health).length > 0);
}

/**
 * Nodes that a silent source leaves unseen: those that its silent targets are named after, and those that nobody hears now.
 * Null where neither tells: then it may be any.
 */
export function nodesOfSilence(
  health: SourceHealth,
  known: readonly string[],
  unheard: ReadonlySet<string>,
): ReadonlySet<string> | null {
  const hosts = silentTargets(health).flatMap(({ name, address }) => [hostOf(name), hostOf(address)]);
  const named = known.filter((node) => hosts.some((host) => host === node || host.startsWith(`${node}.`)));
  const nodes = new Set([...named, ...unheard]);
  return nodes.size === 0 ? null : nodes;
}

/** The host of `http://host:9400/metrics` or `host:9400`. */
function hostOf(address: string): string {
  return address.replace(/^[a-z]+:\/\//, '').replace(/[:/].*$/s, '');
}
