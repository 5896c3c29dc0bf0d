import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';
import { CATALOGUE } from './catalogue-schema.ts';
import ownCatalogue from './catalogue.json' with { type: 'json' };

export type CatalogueFailure = { readonly kind: 'unreadable' | 'not-a-catalogue'; readonly message: string };

/**
 * The reference catalogue: that of a file, or the one that Tokenwatt brings where no file is named. A file replaces all of
 * it: figures of two catalogues are never mixed.
 */
export async function readCatalogue(path: string | null): Promise<Result<ReferenceCatalogue, CatalogueFailure>> {
  if (path === null) return checked(ownCatalogue, 'the catalogue of this version');
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    return fail({ kind: 'unreadable', message: `${path}: ${error instanceof Error ? error.message : String(error)}` });
  }
  return checked(content, path);
}

function checked(content: unknown, name: string): Result<ReferenceCatalogue, CatalogueFailure> {
  const read = CATALOGUE.safeParse(content);
  if (read.success) return succeed(read.data);
  return fail({ kind: 'not-a-catalogue', message: `${name}: ${z.prettifyError(read.error)}` });
}
