import { GPU_ORIGINS, type GpuSample, type Scrape } from '#shared/model/sample.ts';
import { completedSample } from './completed-sample.ts';
import { GAP_INTERVALS, secondsSince, type Moment } from './interval.ts';

/** A GPU that stopped telling its energy counter for less than this, s, still counts as telling it. */
const ENERGY_REMEMBERED_SECONDS = 600;

/** What one target last told of one GPU. */
type Told = {
  readonly target: string;
  readonly sample: GpuSample;
  readonly moment: Moment;
  readonly intervalSeconds: number;
  /** Asked by Tokenwatt itself, not through a server that asked it some time ago. */
  readonly isDirect: boolean;
  readonly energyAt: Moment | null;
  /** What it told the time before. */
  readonly before: { readonly sample: GpuSample; readonly moment: Moment } | null;
};

/** One reading to make facts of, and the pace of the target that told it, s. */
type ChosenReading = { readonly sample: GpuSample; readonly moment: Moment; readonly intervalSeconds: number };

/** Targets whose GPUs are told better by another: the sentence that says which and why, by target. */
export type GpuSourceNotes = ReadonlyMap<string, string>;

export type GpuSources = {
  /** Learns what the scrapes of one moment tell, before any of them is taken. */
  hear(scrapes: readonly Scrape[], pollSeconds: number): void;
  /**
   * The readings of a GPU in a scrape that facts are made of: none where another target tells the GPU better, and the one
   * before too where this target takes over from one that went silent.
   */
  chosen(sample: GpuSample, scrape: Scrape): readonly ChosenReading[];
  /** Whether a target other than this one tells of the GPU at present. */
  isToldElsewhere(gpu: string, scrape: Scrape): boolean;
  notes(): GpuSourceNotes;
};

/**
 * Of all targets that tell of one GPU, exactly one makes its facts, so that no joule is counted twice. The preferred one
 * has the energy counter; of those, one that is asked directly; of those, the one that asks the driver most directly. It
 * stays as long as it answers and no better one comes, so that two never take turns; what it does not tell, such as
 * workloads, the others add.
 */
export function createGpuSources(): GpuSources {
  const toldByGpu = new Map<string, Map<string, Told>>();
  const targetOfGpu = new Map<string, string>();
  const gpusByTarget = new Map<string, ReadonlySet<string>>();

  function preferred(gpu: string, now: Moment): Told | null {
    const live = [...(toldByGpu.get(gpu)?.values() ?? [])].filter((told) => isLive(told, now));
    const current = live.find(({ target }) => target === targetOfGpu.get(gpu));
    const best = live.reduce<Told | null>(
      (found, told) => (found === null || isBetter(told, found, now) ? told : found),
      current ?? null,
    );
    if (best !== null) targetOfGpu.set(gpu, best.target);
    return best;
  }

  function hearOne(scrape: Scrape, pollSeconds: number): void {
    const moment = momentOf(scrape);
    const { target, intervalSeconds } = scrape;
    const heard = new Set(scrape.gpus.map(({ gpu }) => gpu));
    for (const gpu of gpusByTarget.get(target) ?? []) if (!heard.has(gpu)) toldByGpu.get(gpu)?.delete(target);
    if (scrape.gpus.length > 0) gpusByTarget.set(target, heard);
    for (const sample of scrape.gpus) {
      const told = toldByGpu.get(sample.gpu) ?? new Map<string, Told>();
      toldByGpu.set(sample.gpu, told);
      const known = told.get(target) ?? null;
      told.set(target, {
        target,
        sample,
        moment,
        intervalSeconds: intervalSeconds ?? pollSeconds,
        isDirect: scrape.monotonicMs !== null,
        energyAt: sample.energyCounterJoules === null ? (known?.energyAt ?? null) : moment,
        before: known === null ? null : { sample: known.sample, moment: known.moment },
      });
    }
  }

  return {
    hear: (scrapes, pollSeconds) => {
      for (const scrape of scrapes) hearOne(scrape, pollSeconds);
    },
    chosen: (sample, scrape) => {
      const now = momentOf(scrape);
      const told = toldByGpu.get(sample.gpu);
      const own = told?.get(scrape.target);
      const last = targetOfGpu.get(sample.gpu) ?? null;
      if (told === undefined || own === undefined || preferred(sample.gpu, now)?.target !== scrape.target) return [];
      const others = [...told.values()].filter((other) => other !== own && isLive(other, now)).toSorted(byOrigin);
      const complete = (one: GpuSample): GpuSample =>
        completedSample(
          one,
          others.map((other) => other.sample),
        );
      const reading = { sample: complete(sample), moment: now, intervalSeconds: own.intervalSeconds };
      if (last === null || last === scrape.target) return [reading];
      // What it told while the other made the facts comes first: so the time since the other's last reading is no gap.
      const intervalSeconds = Math.max(own.intervalSeconds, told.get(last)?.intervalSeconds ?? 0);
      const before =
        own.before === null ? [] : [{ ...own.before, sample: complete(own.before.sample), intervalSeconds }];
      return [...before, { ...reading, intervalSeconds }];
    },
    isToldElsewhere: (gpu, scrape) =>
      [...(toldByGpu.get(gpu)?.values() ?? [])].some(
        (told) => told.target !== scrape.target && isLive(told, momentOf(scrape)),
      ),
    notes: () => notesOf(toldByGpu, targetOfGpu),
  };
}

function momentOf(scrape: Scrape): Moment {
  return { at: scrape.at, monotonicMs: scrape.monotonicMs };
}

/** Heard so lately that the time since is no gap. */
function isLive({ moment, intervalSeconds }: Told, now: Moment): boolean {
  return secondsSince(moment, now) <= GAP_INTERVALS * intervalSeconds;
}

/** Why one target is preferred to another, in order of weight. */
const REASONS = ['energy', 'direct', 'origin'] as const;

const REASON_TEXTS: Readonly<Record<(typeof REASONS)[number], string>> = {
  energy: 'it has the energy counter',
  direct: 'it is asked directly',
  origin: 'it asks the driver more directly',
};

function marksOf(told: Told, now: Moment): Readonly<Record<(typeof REASONS)[number], number>> {
  const hasEnergy = told.energyAt !== null && secondsSince(told.energyAt, now) <= ENERGY_REMEMBERED_SECONDS;
  return {
    energy: hasEnergy ? 1 : 0,
    direct: told.isDirect ? 1 : 0,
    origin: -GPU_ORIGINS.indexOf(told.sample.origin),
  };
}

function reasonFor(
  one: Told,
  other: Told,
  now: Moment,
): { readonly reason: (typeof REASONS)[number]; gain: number } | null {
  const [mine, theirs] = [marksOf(one, now), marksOf(other, now)];
  const reason = REASONS.find((name) => mine[name] !== theirs[name]);
  return reason === undefined ? null : { reason, gain: mine[reason] - theirs[reason] };
}

function isBetter(one: Told, other: Told, now: Moment): boolean {
  return (reasonFor(one, other, now)?.gain ?? 0) > 0;
}

function byOrigin(one: Told, other: Told): number {
  return GPU_ORIGINS.indexOf(one.sample.origin) - GPU_ORIGINS.indexOf(other.sample.origin);
}

function notesOf(
  toldByGpu: ReadonlyMap<string, ReadonlyMap<string, Told>>,
  targetOfGpu: ReadonlyMap<string, string>,
): GpuSourceNotes {
  const shadowed = [...toldByGpu].flatMap(([gpu, told]) => {
    const chosen = told.get(targetOfGpu.get(gpu) ?? '');
    if (chosen === undefined) return [];
    const others = [...told.values()].filter((other) => other !== chosen && isLive(other, chosen.moment));
    return others.map((other) => ({ target: other.target, text: noteText(chosen, other) }));
  });
  const byTarget = Map.groupBy(shadowed, ({ target }) => target);
  return new Map(
    [...byTarget].map(([target, list]) => {
      const texts = [...Map.groupBy(list, ({ text }) => text)];
      return [
        target,
        texts.map(([text, gpus]) => `${gpus.length === 1 ? '1 GPU' : `${gpus.length} GPUs`}: ${text}`).join('; '),
      ];
    }),
  );
}

function noteText(chosen: Told, other: Told): string {
  const found = reasonFor(chosen, other, chosen.moment);
  const why = found !== null && found.gain > 0 ? REASON_TEXTS[found.reason] : 'it was heard first';
  return `facts come from ${chosen.target}: ${why}`;
}
