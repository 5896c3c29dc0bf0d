import type { EpochMs } from '#shared/time/instant.ts';
import type { GpuUuid } from './gpu.ts';
import type { EngineKind, EngineRole, PlacementRule, VersionEvidence } from './inference-engine.ts';
import type { TokenAuthority } from './topology.ts';

/** Engines and frontends that serve one model, as they were last read, and who of them counts its tokens and why. */
export type DeploymentReport = {
  readonly model: string;
  readonly count: TokenAuthority;
  /** The operator chose it. */
  readonly isOverridden: boolean;
  readonly why: string;
  readonly hasFrontend: boolean;
  readonly engines: readonly EngineReport[];
};

export type EngineReport = {
  readonly engine: string;
  readonly kind: EngineKind;
  /** The model as the engine itself names it. */
  readonly model: string;
  readonly role: EngineRole | null;
  readonly roleFrom: 'operator' | 'label' | 'counters' | null;
  readonly version: string | null;
  readonly versionEvidence: VersionEvidence | null;
  readonly pod: string | null;
  readonly node: string | null;
  /** Which tokens are counted of it, and why. */
  readonly counts: 'all' | 'input' | 'output' | 'nothing';
  readonly because: string;
  /** Null for a frontend, and where it is unplaced. */
  readonly placement: EnginePlacement | null;
  /** Why it holds no GPU, with the next step; null where it does, and for a frontend. */
  readonly unplaced: string | null;
  /** GPUs of its machine that it says it uses. */
  readonly gpuCount: number | null;
  /** Share of its ranks that sleep, 0 to 1. */
  readonly sleeping: number | null;
  /** Other names under which the same process is seen, through another source: it is counted once. */
  readonly alsoSeenAs: readonly string[];
  readonly lastHeard: EpochMs;
  /** What a reader must know, such as a release that is newer than known; null for nothing. */
  readonly notice: string | null;
};

/** GPUs that an engine is placed on, with its share of each, and how that is known. */
export type EnginePlacement = {
  readonly rule: PlacementRule;
  readonly gpus: readonly {
    readonly gpu: GpuUuid;
    readonly index: string | null;
    readonly node: string | null;
    readonly share: number;
  }[];
};
