import { resolve } from 'node:path';

/**
 * The snapshot file that the arguments of a start name, as a whole path; null for none. Arguments are data that anybody may
 * have written: nothing but the name of one file is taken from them, and what it holds is checked where it is opened.
 */
export function snapshotIn(args: readonly string[], folder: string): string | null {
  const named = args.find((text) => text.toLowerCase().endsWith('.twsnap') && !text.startsWith('-'));
  return named === undefined || named.includes('\0') || named.includes('://') ? null : resolve(folder, named);
}
