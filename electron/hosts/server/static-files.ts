import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** More than any build of ours has; a folder beyond it is not the renderer. */
const FILES_MAX = 2000;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

export type StaticFile = { readonly type: string; readonly bytes: Buffer };

/**
 * The files of the built renderer as a fixed table from request path to bytes, read once. A request can only name a key
 * of the table, so no path of a request ever reaches the file system. Empty when the folder does not exist.
 */
export function readStaticFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const table = new Map<string, StaticFile>();
  for (const path of pathsIn(folder).slice(0, FILES_MAX)) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    table.set(`/${relative(folder, path).split(sep).join('/')}`, { type, bytes: readFileSync(path) });
  }
  const index = table.get('/index.html');
  if (index !== undefined) table.set('/', index);
  return table;
}

function pathsIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
