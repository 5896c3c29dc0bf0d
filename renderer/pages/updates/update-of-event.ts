import type { UpdateSummary } from '#shared/contract/savings-schema.ts';
import type { FleetEvent, FleetEventKind } from '#shared/model/fact.ts';

/** Events that mark a change of software: the Updates page says what it did. */
const UPDATE_KINDS: readonly FleetEventKind[] = [
  'engine-version-changed',
  'engine-settings-changed',
  'power-limit-changed',
  'driver-version-changed',
];

export function isUpdate({ kind }: FleetEvent): boolean {
  return UPDATE_KINDS.includes(kind);
}

/** An event in the address, for the page that knows its update. */
export function itemOfEvent({ at, model }: FleetEvent): string {
  return `event ${at} ${model ?? ''}`;
}

/** Replicas are updated one after another; a limit is told by the hour: an event lies this near to its update. */
const NEAR_MS = 3_600_000;

/** The update that an address names, by its id or by an event of it; undefined where it names none of these. */
export function updateOfItem(changes: readonly UpdateSummary[], item: string | null): UpdateSummary | undefined {
  const [, at, model] = /^event (\d+) (.*)$/u.exec(item ?? '') ?? [];
  if (at === undefined) return changes.find(({ change }) => change.id === item);
  const instant = Number(at);
  const near = changes.filter(
    ({ change }) => instant >= change.firstAt - NEAR_MS && instant <= change.lastAt + NEAR_MS,
  );
  return near.find(({ change }) => change.deployment.model === model) ?? (model === '' ? near[0] : undefined);
}
