import type { Metadata } from './comment-line.ts';
import type { SeriesKind } from '../series.ts';
import { shown, type WarningList } from './warning-list.ts';

/** A metric family: the samples that one TYPE line speaks of. */
export type Family = {
  readonly name: string;
  readonly kind: SeriesKind;
  readonly hasType: boolean;
  readonly hasUnit: boolean;
  /** Lines of its HELP, TYPE and UNIT, in body order. */
  readonly metadataLines: readonly number[];
};

const KINDS: ReadonlyMap<string, SeriesKind> = new Map([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['histogram', 'histogram'],
  ['gaugehistogram', 'gaugehistogram'],
  ['summary', 'summary'],
  ['info', 'info'],
  ['stateset', 'stateset'],
  ['unknown', 'unknown'],
  ['untyped', 'unknown'],
]);

/** What a family's samples may be called beside its own name, by kind. */
const SUFFIXES: Readonly<Record<SeriesKind, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum', '_count', '_sum'],
  summary: ['_count', '_sum', '_created'],
  info: ['_info'],
  stateset: [],
  unknown: [],
};

/** The families that a body's metadata names, by name. Of two TYPE lines for one family the first counts. */
export function familiesOf(metadata: readonly Metadata[], warnings: WarningList): ReadonlyMap<string, Family> {
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  for (const entry of metadata) {
    const family = families.get(entry.name) ?? untypedFamily(entry.name);
    const key = `${entry.keyword} ${entry.name}`;
    const isRepeat = seen.has(key);
    seen.add(key);
    if (isRepeat) warnings.add('repeated-metadata', entry.line, repeatMessage(entry, family));
    families.set(entry.name, isRepeat ? family : withMetadata(family, entry, warnings));
  }
  for (const family of families.values()) checkUnit(family, warnings);
  return families;
}

/** A family that no TYPE line speaks of. */
export function untypedFamily(name: string): Family {
  return { name, kind: 'unknown', hasType: false, hasUnit: false, metadataLines: [] };
}

/**
 * The family that a sample of this name belongs to. A TYPE under the sample's own name comes first, then a family whose
 * kind allows the name's suffix: `a_bucket` belongs to histogram `a`.
 */
export function familyOf(name: string, families: ReadonlyMap<string, Family>): Family {
  const own = families.get(name);
  if (own?.hasType === true) return own;
  const underscore = name.lastIndexOf('_');
  const base = underscore > 0 ? families.get(name.slice(0, underscore)) : undefined;
  if (base !== undefined && SUFFIXES[base.kind].includes(name.slice(underscore))) return base;
  return own ?? untypedFamily(name);
}

function withMetadata(family: Family, entry: Metadata, warnings: WarningList): Family {
  const metadataLines = [...family.metadataLines, entry.line];
  if (entry.keyword === 'HELP') return { ...family, metadataLines };
  if (entry.keyword === 'UNIT') return { ...family, metadataLines, hasUnit: entry.text !== '' };
  const kind = KINDS.get(entry.text);
  if (kind === undefined) warnings.add('unknown-type', entry.line, `no type is called ${shown(entry.text)}`);
  return { ...family, metadataLines, hasType: kind !== undefined, kind: kind ?? 'unknown' };
}

function repeatMessage(entry: Metadata, family: Family): string {
  const isOtherType = entry.keyword === 'TYPE' && (KINDS.get(entry.text) ?? 'unknown') !== family.kind;
  const repeat = `${entry.keyword} of ${shown(entry.name)} stands twice`;
  return isOtherType ? `${repeat}, the second time as ${shown(entry.text)}; the first, ${family.kind}, counts` : repeat;
}

function checkUnit(family: Family, warnings: WarningList): void {
  if (!family.hasUnit || (family.kind !== 'info' && family.kind !== 'stateset')) return;
  warnings.add(
    'misplaced-unit',
    family.metadataLines.at(-1) ?? 0,
    `${family.kind} ${shown(family.name)} cannot have a unit`,
  );
}
