import { SNAPSHOT_BYTES_MAX } from '#shared/contract/snapshot-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';

const ENDING = '.twsnap';
const NAME_MAX = 100;

/** What was dropped, if it can be a snapshot; on failure why it is refused, as a sentence. What it holds is checked later. */
export function droppedSnapshot<Dropped extends { readonly name: string; readonly size: number }>(
  files: readonly Dropped[],
): Result<Dropped, string> {
  const [file] = files;
  if (file === undefined) return fail('Nothing was dropped that can be read as a file.');
  if (files.length > 1) return fail(`${files.length} files were dropped: one snapshot is opened at a time.`);
  if (!file.name.toLowerCase().endsWith(ENDING)) {
    return fail(`${file.name} is not opened: a snapshot is a file that ends in ${ENDING}.`);
  }
  if (file.size === 0) return fail(`${file.name} is empty.`);
  if (file.size > SNAPSHOT_BYTES_MAX) return fail(`${file.name} is larger than ${SNAPSHOT_BYTES_MAX / 1e9} GB.`);
  return succeed(file);
}

/** The name a file is kept by: what is more than a name in it becomes a hyphen. */
export function keptName(fileName: string): string {
  const stem = fileName
    .slice(0, -ENDING.length)
    .replaceAll(/[^A-Za-z0-9._-]+/gu, '-')
    .replace(/^[^A-Za-z0-9]+/u, '')
    .slice(0, NAME_MAX);
  return `${stem === '' ? 'snapshot' : stem}${ENDING}`;
}
