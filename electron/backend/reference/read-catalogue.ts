import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { ReferenceCatalogue } from '#shared/model/reference-catalogue.ts';
import { CATALOGUE } from './catalogue-schema.ts';
import ownCatalogue from './catalogue.json' with { type: 'json' };

export type CatalogueFailure = { readonly kind: 'unreadable' | 'not-a-catalogue'; readonly message: string };

export type CatalogueRead = Result<ReferenceCatalogue, CatalogueFailure>;

/**
 * The reference catalogue: that of a file, or the one that Tokenwatt brings where no file is named. A file replaces all of
 * it: figures of two catalogues are never mixed. Failures name the file without its folder: they are shown in browsers.
 */
export async function readCatalogue(path: string | null): Promise<CatalogueRead> {
  if (path === null) return checked(ownCatalogue, 'the catalogue of this version');
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    return fail({ kind: 'unreadable', message: `${basename(path)} ${troubleOf(error)}` });
  }
  return checked(content, basename(path));
}

function troubleOf(error: unknown): string {
  if (error instanceof SyntaxError) return `is not JSON: ${error.message}`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no reason told';
  return code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
}

/** Lines of trouble that are told: one mistake often repeats in every row. */
const TROUBLE_LINES_MAX = 6;

function checked(content: unknown, name: string): CatalogueRead {
  const read = CATALOGUE.safeParse(content);
  if (read.success) return succeed(read.data);
  const lines = z.prettifyError(read.error).split('\n');
  const more = lines.length > TROUBLE_LINES_MAX ? ['...'] : [];
  const message = [...lines.slice(0, TROUBLE_LINES_MAX), ...more].join('\n');
  return fail({ kind: 'not-a-catalogue', message: `${name} is no reference catalogue: ${message}` });
}

/** Keeps what was read until its file is written anew: an answer must not check a hundred kilobytes each time. */
export function createCatalogueReader(): (path: string | null) => Promise<CatalogueRead> {
  let known: { readonly mark: string; readonly read: CatalogueRead } | null = null;
  return async (path) => {
    const mark = path === null ? '' : `${path} ${await markOf(path)}`;
    if (known?.mark === mark) return known.read;
    const read = await readCatalogue(path);
    known = { mark, read };
    return read;
  };
}

async function markOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size } = await stat(path);
    return `${mtimeMs} ${size}`;
  } catch {
    return 'absent';
  }
}
