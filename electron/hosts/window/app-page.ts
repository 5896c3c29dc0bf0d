import { CONTENT_SECURITY_POLICY } from '#electron/hosts/content-policy.ts';
import type { StaticFile } from '#electron/hosts/server/static-files.ts';

/** The page's own scheme: packaged files only, no network, no `file:`. */
export const PAGE_SCHEME = 'app';
const PAGE_HOST = 'tokenwatt';
export const PAGE_URL = `${PAGE_SCHEME}://${PAGE_HOST}/`;

/** Shown after the view's process failed again and again; its link loads the screens anew. */
export const STOPPED_URL = `${PAGE_URL}stopped`;

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** Whether an address is of our page: compared by its parts, because a prefix also fits `app://tokenwatt.evil`. */
export function isOwnPage(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === `${PAGE_SCHEME}:` && url.host === PAGE_HOST && url.username === '' && url.password === '';
}

/** Kinds of files that the screens hand out: none of them runs when it is opened by mistake. */
const EXPORT_NAME = /^[^/\\]+\.(?:csv|json|pdf|xlsx|zip|html|png|svg)$/iu;

/** Whether a download is a file that our own page made: anything else is no export of ours. */
export function isOwnExport(address: string, fileName: string): boolean {
  return address.startsWith('blob:') && isOwnPage(address.slice('blob:'.length)) && EXPORT_NAME.test(fileName);
}

/** The files of the built renderer by path, and the pages the window has of its own. */
export function pageTable(files: ReadonlyMap<string, StaticFile>): ReadonlyMap<string, StaticFile> {
  const own = [
    ['/stopped', ownPage('The view stopped several times in a minute. Polling goes on. <a href="/">Show it again</a>')],
    ...(files.has('/') ? [] : [['/', ownPage('The screens are not built yet: npm run build')] as const]),
  ] as const;
  return new Map([...files, ...own]);
}

/** Answers from the table alone: the path is a key and is never decoded, joined or opened. */
export function answerPage(
  table: ReadonlyMap<string, StaticFile>,
  { url, method }: { readonly url: string; readonly method: string },
): Response {
  if (method !== 'GET' && method !== 'HEAD') return new Response(null, { status: 405, headers: HEADERS });
  const file = isOwnPage(url) ? table.get(new URL(url).pathname) : undefined;
  if (file === undefined) return new Response('not found', { status: 404, headers: HEADERS });
  const headers = { ...HEADERS, 'Content-Type': file.type };
  return new Response(method === 'HEAD' ? null : new Uint8Array(file.bytes), { headers });
}

function ownPage(body: string): StaticFile {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tokenwatt</title><link rel="icon" href="data:,">
<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 20vh auto; max-width: 40rem; color-scheme: light dark }</style>
<p>${body}</p></html>`;
  return { type: 'text/html; charset=utf-8', bytes: Buffer.from(html) };
}
