import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createExpositionReader } from '#backend/sources/prometheus/exposition-reader.ts';
import { createSampleReader, type ReadSamples } from '#backend/sources/sample-reader.ts';

const captures = join(import.meta.dirname, '../../../../shared/data');

/** Whether the captures of real exporters lie beside the repository; they are no part of it. */
export const hasCaptures = existsSync(captures);

export function capture(path: string): string {
  return readFileSync(join(captures, path), 'utf8');
}

/** What a body of metrics says, read as a target at this address with these labels. */
export function readText(
  text: string,
  {
    labels = {},
    address = 'host-1:9400',
  }: { readonly labels?: Record<string, string>; readonly address?: string } = {},
): ReadSamples {
  const read = createExpositionReader().read(Buffer.from(text), 'prometheus-text');
  if (!read.ok) throw new Error(`line ${read.failure.line}: ${read.failure.message}`);
  const { series, values } = read.value;
  return createSampleReader(labels, address)(series, (index) => values[index]);
}
