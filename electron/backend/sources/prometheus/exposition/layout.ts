import { checkLayout } from './check-layout.ts';
import type { ExpositionWarning } from './exposition.ts';
import { familiesOf, familyOf } from './families.ts';
import type { ParsedBody } from './parse-body.ts';
import { repeatsOf, type Repeat } from './repeated-series.ts';
import type { Scan } from './scan.ts';
import type { ExpositionFormat, Series } from '../series.ts';
import type { ValueChecks } from './value-checks.ts';

/**
 * All that stays the same from body to body while only numbers change. The numbers' places in `body` part it into fixed
 * stretches; a later body has this layout exactly if it has the same stretches with numbers between them.
 */
export type Layout = {
  readonly format: ExpositionFormat;
  /** The body that the layout was made from: the only copy of its names and labels as bytes. */
  readonly body: Buffer;
  readonly valueStarts: Uint32Array;
  readonly valueEnds: Uint32Array;
  /** Places of the timestamps, 0 to 0 where a line has none; null when no line has one. */
  readonly times: { readonly starts: Uint32Array; readonly ends: Uint32Array } | null;
  /** One for each sample line, repeated ones included. */
  readonly series: readonly Series[];
  readonly lines: Uint32Array;
  readonly repeats: readonly Repeat[];
  readonly checks: ValueChecks;
  /** What is wrong whatever the values are. */
  readonly warnings: readonly ExpositionWarning[];
};

/** Makes the layout of a body that was just parsed. */
export function layoutOf(scan: Scan, { table, metadata }: ParsedBody): Layout {
  const familyByName = familiesOf(metadata, scan.warnings);
  const families = table.names.map((name) => familyOf(name, familyByName));
  const series = table.blocks.map((block, sample): Series => {
    const nameIndex = table.nameIndexes[sample] ?? 0;
    return { name: table.names[nameIndex] ?? '', labels: block.labels, kind: families[nameIndex]?.kind ?? 'unknown' };
  });
  const checks = checkLayout({ table, families, format: scan.format, warnings: scan.warnings });
  const { timestamps } = table;
  return {
    format: scan.format,
    body: copyOf(scan.bytes),
    valueStarts: Uint32Array.from(table.valueStarts),
    valueEnds: Uint32Array.from(table.valueEnds),
    times: timestamps && { starts: Uint32Array.from(timestamps.starts), ends: Uint32Array.from(timestamps.ends) },
    series,
    lines: Uint32Array.from(table.lines),
    repeats: repeatsOf(table),
    checks,
    warnings: scan.warnings.all(),
  };
}

/** A copy in memory of its own; the caller reuses the body's buffer. */
function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
