import type { FleetEvent } from '#shared/model/fact.ts';
import type { Scrape } from '#shared/model/sample.ts';
import type { GpuTrack } from './gpu-tracker.ts';
import { isSameNode } from './seats.ts';

/** One change of a machine that all its GPUs show. */
type Change = {
  readonly kind: 'driver-version-changed' | 'node-changed' | 'power-limit-changed';
  readonly track: GpuTrack;
  readonly subject: string;
  readonly text: string;
};

/** What happens to a machine as a whole, told once however many GPUs it has. */
export type MachineNews = {
  /** Compares two readings of one GPU. */
  watch(previous: GpuTrack, now: GpuTrack): void;
  /** The event of an address that answers for another node with other GPUs; null where it is the same machine. */
  otherMachine(listed: readonly GpuTrack[], scrape: Scrape): FleetEvent | null;
  /** Events since the last call. */
  takeEvents(): readonly FleetEvent[];
};

export function createMachineNews(): MachineNews {
  let changes: Change[] = [];
  /** What was told last of each machine: its GPUs may be read by several targets, one after another. */
  const told = new Map<string, string>();
  return {
    watch: (previous, now) => {
      const found = [driverChange, nodeChange, powerLimitChange].map((find) => find(previous, now));
      changes.push(...found.filter((change) => change !== null));
    },
    otherMachine: (listed, scrape) => {
      const heard = new Set(scrape.gpus.map(({ gpu }) => gpu));
      const before = listed[0]?.seat.node ?? null;
      const now = scrape.gpus[0]?.node ?? null;
      if (listed.length === 0 || before === null || now === null || isSameNode(before, now)) return null;
      if (listed.some(({ sample }) => heard.has(sample.gpu))) return null;
      const message = `${scrape.target} answers for ${now} with other GPUs than those of ${before}: looks like another machine`;
      return { at: scrape.at, kind: 'node-changed', subject: scrape.target, model: null, node: now, message };
    },
    takeEvents: () => {
      const groups = [...Map.groupBy(changes, ({ subject, text }) => JSON.stringify([subject, text])).values()];
      changes = [];
      return groups.flatMap((group): FleetEvent[] => {
        const [first] = group;
        if (first === undefined || told.get(`${first.kind} ${first.subject}`) === first.text) return [];
        const { kind, subject, text, track } = first;
        told.set(`${kind} ${subject}`, text);
        const message = `${text} (${group.length === 1 ? '1 GPU' : `${group.length} GPUs`})`;
        return [{ at: track.moment.at, kind, subject, model: null, node: track.seat.node, message }];
      });
    },
  };
}

function driverChange(previous: GpuTrack, now: GpuTrack): Change | null {
  const [before, after] = [previous.sample, now.sample];
  if (!isOther(before.driverVersion, after.driverVersion)) return null;
  const cuda = isOther(before.cudaVersion, after.cudaVersion)
    ? `, CUDA ${before.cudaVersion} to ${after.cudaVersion}`
    : '';
  const text = `driver ${before.driverVersion} to ${after.driverVersion}${cuda}`;
  return { kind: 'driver-version-changed', track: now, subject: now.seat.node ?? after.gpu, text };
}

function nodeChange(previous: GpuTrack, now: GpuTrack): Change | null {
  const [before, after] = [previous.seat.node, now.seat.node];
  // Two targets may name one machine in two ways: only one target's change of mind is news.
  if (before === null || after === null || previous.target !== now.target || isSameNode(before, after)) return null;
  return { kind: 'node-changed', track: now, subject: after, text: `GPUs of ${before} are in ${after} now` };
}

/** A limit is set in whole watts; what moves by less is how it is read. */
const POWER_LIMIT_WATTS_MIN = 1;

function powerLimitChange(previous: GpuTrack, now: GpuTrack): Change | null {
  const [before, after] = [previous.sample.powerLimitWatts, now.sample.powerLimitWatts];
  if (before === null || after === null || Math.abs(after - before) < POWER_LIMIT_WATTS_MIN) return null;
  const text = `power limit ${Math.round(before)} W to ${Math.round(after)} W`;
  return { kind: 'power-limit-changed', track: now, subject: now.seat.node ?? now.sample.gpu, text };
}

function isOther(before: string | null, now: string | null): boolean {
  return before !== null && now !== null && before !== now;
}
