import type { Report } from '#shared/model/report.ts';

/** `my-fleet-2026-10-open`: whose, which month, and that it is not final; safe on every file system. */
export function baseNameOf({ head }: Report): string {
  const { fleet, scope, month, window, zone, state } = head;
  const day = (at: number): string =>
    new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
  const period = month ?? `${day(window.from)}-to-${day(window.to - 1)}`;
  const parts = [fleet, ...(scope === null ? [] : [scope]), period, ...(state === 'closed' ? [] : [state])];
  return parts.map((part) => safePart(part)).join('-');
}

const PART_MAX = 40;

/** Letters, digits and dashes: nothing that a shell, a file system or a reader takes for more than a name. */
function safePart(text: string): string {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/gu, '-');
  const part = plain.slice(0, PART_MAX).replaceAll(/^-+|-+$/gu, '');
  // Names that Windows keeps for devices stand for no file there.
  return part === '' || /^(?:con|prn|aux|nul|com\d|lpt\d)$/u.test(part) ? `fleet-${part}`.replace(/-$/u, '') : part;
}
