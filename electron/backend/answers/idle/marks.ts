import { z } from 'zod';
import type { Store } from '#backend/store/store.ts';
import type { MarkedSuggestion, Suggestion } from '#shared/contract/idle-schema.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { Result } from '#shared/lib/result.ts';
import type { StoreFailure } from '#backend/store/store.ts';

/** What the operator did with suggestions, as it is kept: one small document. */
const DOCUMENT = 'idle-suggestions';

/** So many marks are kept; the oldest go first. */
const MARKS_MAX = 500;

const text = z.string().max(600);

const markSchema = z.object({
  mark: z.enum(['done', 'dismissed']),
  at: z.number().transform((at): EpochMs => epochMs(at)),
  suggestion: z.object({
    id: text,
    kind: z.enum(['replicas', 'free']),
    deployment: z
      .object({
        key: text,
        model: text,
        pool: text.nullable(),
        sku: text,
        role: z.enum(['prefill', 'decode']).nullable(),
      })
      .nullable(),
    pool: text.nullable(),
    sku: text,
    title: text,
    schedule: z.enum(['always', 'every-day', 'weekdays', 'weekends']),
    fromHour: z.number(),
    toHour: z.number(),
    zone: text,
    gpus: z.number(),
    usdPerMonth: z.number().nullable(),
  }),
});

export type StoredMark = z.output<typeof markSchema>;

/** Marks as they were kept; what cannot be read is left out. */
export async function readMarks(store: Store): Promise<readonly StoredMark[]> {
  const found = z.object({ marks: z.array(z.unknown()) }).safeParse(await store.document(DOCUMENT));
  if (!found.success) return [];
  return found.data.marks.flatMap((mark) => {
    const read = markSchema.safeParse(mark);
    return read.success ? [read.data] : [];
  });
}

/** Keeps a mark in place of an earlier one of the same suggestion; `open` only takes that one away. */
export async function saveMark(
  store: Store,
  mark: { readonly id: string; readonly mark: StoredMark['mark'] | 'open'; readonly at: EpochMs },
  suggestion: Suggestion | null,
): Promise<Result<void, StoreFailure>> {
  const others = (await readMarks(store)).filter((known) => known.suggestion.id !== mark.id);
  const added: StoredMark[] =
    mark.mark === 'open' || suggestion === null
      ? []
      : [{ mark: mark.mark, at: mark.at, suggestion: keptOf(suggestion) }];
  return await store.saveDocument(DOCUMENT, { marks: [...others, ...added].slice(-MARKS_MAX) });
}

function keptOf(suggestion: Suggestion): MarkedSuggestion {
  const { id, kind, deployment, pool, sku, title, schedule, fromHour, toHour, zone, gpus } = suggestion;
  const usdPerMonth = suggestion.usdPerMonth.value;
  return { id, kind, deployment, pool, sku, title, schedule, fromHour, toHour, zone, gpus, usdPerMonth };
}
