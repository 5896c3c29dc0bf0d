import type { SnapshotFile } from '#shared/contract/snapshot-schema.ts';
import { SCOPE_KEYS } from '#renderer/state/url-state.ts';
import type { CallScope } from '#shared/contract/input-schema.ts';
import { formatInstant, type ZoneName } from '#shared/units/format-time.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';

/** A line of the list of snapshots, in words. */
export type SnapshotRow = {
  readonly name: string;
  readonly fleet: string;
  readonly window: string;
  readonly grain: string;
  readonly taken: string;
  readonly size: string;
  readonly seal: string;
  /** Why it cannot be opened; null when it can. */
  readonly refusal: string | null;
};

const MEGABYTE = 1e6;

export function snapshotRows(files: readonly SnapshotFile[], zone: ZoneName): SnapshotRow[] {
  return files.map(({ name, bytes, about, refusal }) => {
    const size = `${formatNumber(bytes / MEGABYTE, bytes < 10 * MEGABYTE ? 2 : 1)} MB`;
    if (about === null)
      return { name, fleet: '–', window: '–', grain: '–', taken: '–', size, seal: 'refused', refusal };
    const instant = (at: typeof about.takenAt) => formatInstant(at, zone, 'input');
    return {
      name,
      fleet: `${about.fleetName}${about.isSample ? ' (invented data)' : ''}${about.hasPseudonyms ? ', pseudonyms' : ''}`,
      window: `${instant(about.window.from)} to ${instant(about.window.to)}`,
      grain: about.grain,
      taken: instant(about.takenAt),
      size,
      seal: about.signedBy === null ? 'whole' : 'whole, signed',
      refusal,
    };
  });
}

/** That a file holds more than the screens show at the moment; null where they show the whole fleet. */
export function scopeNotice(scope: CallScope): string | null {
  const steps = SCOPE_KEYS.filter((key) => scope[key] !== undefined);
  if (steps.length === 0) return null;
  const words = steps.map((key) => (scope[key] === null ? `no ${key}` : `${key} ${scope[key]}`));
  return `The file holds the whole fleet: the scope (${words.join(', ')}) narrows the screens alone.`;
}
