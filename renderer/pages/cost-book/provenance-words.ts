import type { Provenance } from '#shared/model/cost-book.ts';

/** What a price can come from. It is kept as the first word of its note, so that the note stays whole for every reader. */
export const SOURCE_KINDS = ['Contract', 'Invoice', 'Quote', 'Price list', 'Published table', 'Estimate'] as const;

export type SourceKind = (typeof SOURCE_KINDS)[number];

/** The kind that a note begins with, and the rest of it; null where it begins with none. */
export function readNote(note: string): { readonly kind: SourceKind | null; readonly text: string } {
  const kind = SOURCE_KINDS.find((name) => note === name || note.startsWith(`${name}: `)) ?? null;
  return kind === null ? { kind, text: note } : { kind, text: note.slice(kind.length + 2) };
}

export function writeNote(kind: SourceKind | null, text: string): string {
  if (kind === null) return text;
  return text === '' ? kind : `${kind}: ${text}`;
}

/** Where a price came from, as one line. */
export function provenanceWords({ note, asOf }: Provenance): string {
  const source = note === '' ? 'source not named' : note;
  return asOf === null ? source : `${source}, as of ${asOf}`;
}
