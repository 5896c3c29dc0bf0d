import type { CostBookPreview, PreviewedWindow } from '#shared/contract/cost-book-preview-schema.ts';
import { COST_PARTS, type CostPart } from '#shared/contract/backend-api.ts';
import type { Figure } from '#shared/model/figure.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { decimalsOfPrice, formatNumber, UNKNOWN } from '#shared/units/format-quantity.ts';
import { partsThatAdd } from '#shared/units/parts-that-add.ts';
import type { Draft } from './cost-book-draft.ts';

/** A preview as rows: the book in force, the draft, and what differs. Pure. */

export type PartRow = {
  readonly part: CostPart;
  readonly inForce: string;
  readonly draft: string;
  /** USD/Mtok, as text with its sign; empty where nothing changed or something is not known. */
  readonly change: string;
};

/** Parts of the loaded cost under both books; each column adds to its total as it is printed. */
export function partRows({ draft, inForce }: PreviewedWindow): PartRow[] {
  const decimals = decimalsOfPrice(Math.max(draft.loaded.value ?? 0, inForce.loaded.value ?? 0)) + 1;
  const [before, after] = [inForce.loaded, draft.loaded].map((figure) => partTexts(figure, decimals));
  return COST_PARTS.map((part) => {
    const [one, other] = [valueOf(inForce.loaded, part), valueOf(draft.loaded, part)];
    const difference = one === null || other === null ? 0 : other - one;
    return {
      part,
      inForce: before?.get(part) ?? UNKNOWN,
      draft: after?.get(part) ?? UNKNOWN,
      change: signedText(difference, decimals),
    };
  });
}

/** A difference with its sign; empty where it would print as nothing. */
export function signedText(difference: number, decimals: number): string {
  const text = formatNumber(Math.abs(difference), decimals);
  if (!/[1-9]/u.test(text)) return '';
  return difference > 0 ? `+${text}` : `−${text}`;
}

function partTexts(figure: Figure, decimals: number): ReadonlyMap<string, string> {
  if (figure.value === null) return new Map();
  const values = partsThatAdd(
    figure.parts.map((part) => part.value),
    decimals,
    figure.value,
  );
  return new Map(figure.parts.map((part, index) => [part.key, formatNumber(values[index] ?? 0, decimals)]));
}

function valueOf(figure: Figure, part: CostPart): number | null {
  return figure.parts.find(({ key }) => key === part)?.value ?? null;
}

/** What is asked of the backend for a draft: dated as it is, or as if the revision at hand held all the time. */
export type PreviewAsk = { readonly revisions: Draft; readonly asIfHeld: boolean };

/** A revision that begins later than now changes nothing that was: it is shown as if it held in the window. */
export function askOf(draft: Draft, chosen: number, now: EpochMs): PreviewAsk {
  const revision = draft[chosen];
  const asIfHeld = revision !== undefined && revision.from > now && chosen > 0;
  return { revisions: asIfHeld ? [revision] : draft, asIfHeld };
}

/** Whether a revision was in force in some of a window. */
export function holdsIn(draft: Draft, chosen: number, window: TimeRange): boolean {
  const revision = draft[chosen];
  if (revision === undefined) return false;
  const begins = chosen === 0 ? 0 : revision.from;
  const ends = draft[chosen + 1]?.from ?? Number.POSITIVE_INFINITY;
  return begins < window.to && ends > window.from;
}

/** Whether the two windows of a preview are one: a page that shows the last 24 hours needs no choice between them. */
export function isOneWindow({ day, range }: CostBookPreview): boolean {
  const minute = 60_000;
  return Math.abs(day.window.from - range.window.from) < minute && Math.abs(day.window.to - range.window.to) < minute;
}
