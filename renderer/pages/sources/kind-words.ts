import type { SourceKind } from '#shared/model/source-health.ts';

/** What a source is, for people. */
export const KIND_WORDS: Readonly<Record<SourceKind, string>> = {
  scrape: 'exporters, scraped',
  discovery: 'targets from discovery',
  prometheus: 'Prometheus server',
  'local-gpus': 'driver of this machine',
  file: 'saved file',
};
