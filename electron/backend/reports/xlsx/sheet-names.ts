import { SHEET_NAME_MAX } from './sheet.ts';

/** Names of sheets that Excel takes: no `[]:*?/\`, at most 31 characters, no apostrophe at an end, each once whatever its case. */
export function sheetNames(wanted: readonly string[], taken: readonly string[] = []): readonly string[] {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  return wanted.map((text) => {
    const name = freeName(cleanName(text), used);
    used.add(name.toLowerCase());
    return name;
  });
}

function cleanName(text: string): string {
  const clean = text
    .replaceAll(/[[\]:*?/\\\p{Cc}]/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/^[' ]+|[' ]+$/gu, '')
    .slice(0, SHEET_NAME_MAX)
    .trimEnd();
  return clean === '' ? 'Table' : clean;
}

function freeName(name: string, used: ReadonlySet<string>): string {
  if (!used.has(name.toLowerCase())) return name;
  for (let number = 2; ; number += 1) {
    const ending = ` ${number}`;
    const candidate = `${name.slice(0, SHEET_NAME_MAX - ending.length).trimEnd()}${ending}`;
    if (!used.has(candidate.toLowerCase())) return candidate;
  }
}
