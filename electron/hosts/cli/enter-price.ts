import type { BackendApi } from '#shared/contract/backend-api.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { CostBook, CostBookRevision } from '#shared/model/cost-book.ts';
import { HARDWARE_DEFAULTS, RENTAL_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import { failureOfCall, type CommandFailure } from './exit-codes.ts';

/** Puts one price for every GPU into the revision in force; earlier revisions keep theirs. */
export async function enterPrice(
  api: Pick<BackendApi, 'costBook' | 'saveCostBook'>,
  usdPerGpuHour: number,
): Promise<Result<null, CommandFailure>> {
  const known = await api.costBook({});
  if (!known.ok) return fail(failureOfCall(known.failure));
  const saved = await api.saveCostBook({ revisions: withPrice(known.value.book, usdPerGpuHour) });
  return saved.ok ? succeed(null) : fail(failureOfCall(saved.failure));
}

type SavedRevisions = Parameters<BackendApi['saveCostBook']>[0]['revisions'];

export function withPrice({ revisions }: CostBook, usdPerGpuHour: number): SavedRevisions {
  const last = revisions.at(-1);
  return revisions.map((revision) => ({
    ...revision,
    hardware: revision === last ? [flatPrice(usdPerGpuHour)] : revision.hardware,
  }));
}

function flatPrice(usdPerGpuHour: number): CostBookRevision['hardware'][number] {
  return {
    ...HARDWARE_DEFAULTS,
    sku: '*',
    terms: { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour, includesEnergy: true },
    provenance: { quality: 'entered', note: 'serve --price-per-gpu-hour', asOf: null },
  };
}
