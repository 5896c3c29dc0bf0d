import type { PowerTable, RateTable, ReferenceCatalogue, ReferenceModel } from '#shared/model/reference-catalogue.ts';
import { holdsWords } from '../matching-price.ts';

/** Words that make another model of a name: a distilled one has a fraction of the parameters. */
const OTHER_MODEL_WORDS: readonly string[] = ['distill', 'distilled', 'draft', 'eagle', 'eagle3', 'speculator', 'lora'];

/** The model of the catalogue that a served name means; null where it has none. The longest name that fits wins. */
export function referenceModel(catalogue: ReferenceCatalogue, served: string): ReferenceModel | null {
  if (OTHER_MODEL_WORDS.some((word) => holdsWords(served, word))) return null;
  const fits = catalogue.models.flatMap((model) =>
    [model.name, ...model.alsoCalled].filter((name) => holdsWords(served, name)).map((name) => ({ model, name })),
  );
  return fits.toSorted((one, other) => other.name.length - one.name.length)[0]?.model ?? null;
}

/** Whether a driver's product name is a GPU of the catalogue, as whole words: B200 is no GB200. */
export function isGpu(sku: string, gpu: string): boolean {
  return holdsWords(sku, gpu);
}

/** Whether all of a deployment runs on a GPU of the catalogue. */
export function areAllGpu(skus: readonly string[], gpu: string): boolean {
  return skus.length > 0 && skus.every((sku) => isGpu(sku, gpu));
}

/** The table in force on a day (`2026-08-14`); before the first, the first. Null where there are none. */
export function tableOn<Table extends RateTable | PowerTable>(tables: readonly Table[], day: string): Table | null {
  const inOrder = tables.toSorted((one, other) => (one.from < other.from ? -1 : 1));
  return inOrder.findLast((table) => table.from <= day) ?? inOrder[0] ?? null;
}
