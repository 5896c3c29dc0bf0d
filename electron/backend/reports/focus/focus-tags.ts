import type { ChargeRow } from '#shared/model/charge-row.ts';
import type { Coverage } from '#shared/model/figure.ts';
import { OWN_TAG_PREFIX, type FocusSettings } from './focus-settings.ts';

/** The operator's tags with the tenant, and ours; on one line, with sorted names. */
export function tagsOf(row: ChargeRow, { tags }: FocusSettings): string {
  const own = Object.entries({ observed: qualityOf(row.coverage), method: row.model === null ? null : 'gpu-seconds' })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [`${OWN_TAG_PREFIX}${name}`, value] as const);
  const all: readonly (readonly [string, string | null])[] = [
    ...Object.entries(tags).filter(([name]) => !name.startsWith(OWN_TAG_PREFIX)),
    ...(row.tenant === null ? [] : [['tenant', row.tenant] as const]),
    ...own,
  ];
  return JSON.stringify(Object.fromEntries(all.toSorted(([one], [other]) => (one < other ? -1 : 1))));
}

/** The observed share of the hardware's time; null where there is none. */
export function shareOf({ observedSeconds, expectedSeconds }: Coverage): number | null {
  return expectedSeconds > 0 ? observedSeconds / expectedSeconds : null;
}

/** Observed for all of the time but rounding: full. */
const FULL_SHARE = 0.9999;

export function qualityOf(coverage: Coverage): string | null {
  const share = shareOf(coverage);
  if (share === null) return null;
  return share >= FULL_SHARE ? 'full' : share > 0 ? 'partial' : 'none';
}
