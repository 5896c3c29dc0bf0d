import type { Store } from '#backend/store/store.ts';
import {
  updateMarksSchema,
  updateTagsSchema,
  type UpdateMark,
  type UpdateTag,
} from '#shared/contract/savings-schema.ts';
import type { CheckedInput } from '#shared/contract/backend-api.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';

/** What an operator says of updates: changes that nothing detects, and what became of freed GPU-hours. */

const MARKS = 'update-marks';
const TAGS = 'update-tags';

/** A document that does not have its shape counts as none: it was written by another version. */
export async function updateMarks(store: Store): Promise<readonly UpdateMark[]> {
  const read = updateMarksSchema.safeParse(await store.document(MARKS));
  return read.success ? read.data : [];
}

export async function updateTags(store: Store): Promise<readonly UpdateTag[]> {
  const read = updateTagsSchema.safeParse(await store.document(TAGS));
  return read.success ? read.data : [];
}

/** Adds, replaces or removes one mark; answers all of them. */
export async function changeMark(
  store: Store,
  input: CheckedInput['markUpdate'],
): Promise<Result<readonly UpdateMark[], string>> {
  const marks = await updateMarks(store);
  if (input.action === 'remove')
    return await saved(
      store,
      MARKS,
      marks.filter((mark) => mark.id !== input.id),
    );
  const { mark } = input;
  const id = input.id ?? JSON.stringify(['mark', mark.model, mark.pool, mark.at]);
  if (input.id !== null && !marks.some((one) => one.id === input.id)) return fail('There is no such mark any more.');
  const others = marks.filter((one) => one.id !== id);
  return await saved(
    store,
    MARKS,
    [...others, { ...mark, id }].toSorted((one, other) => one.at - other.at),
  );
}

/** Sets or takes back the tag of one change; answers all tags. */
export async function changeTag(
  store: Store,
  { id, tag, note }: CheckedInput['tagUpdate'],
): Promise<Result<readonly UpdateTag[], string>> {
  const others = (await updateTags(store)).filter((one) => one.id !== id);
  return await saved(store, TAGS, tag === null ? others : [...others, { id, tag, note }]);
}

async function saved<Value>(store: Store, name: string, value: Value): Promise<Result<Value, string>> {
  const done = await store.saveDocument(name, value);
  return done.ok ? succeed(value) : fail(done.failure.message);
}
