import { describe, expect, it } from 'vitest';
import { systemClock } from '#backend/clock.ts';
import { configSchema } from '#backend/config.ts';
import { createSource } from '#backend/create-source.ts';
import { createMemorySecrets } from '#backend/secrets/memory-secrets.ts';
import { createHttpClient } from '#backend/sources/http/http-client.ts';
import type { z } from 'zod';

type SourceInput = NonNullable<z.input<typeof configSchema>['sources']>[number];

function notesOf(source: SourceInput): readonly string[] {
  const config = configSchema.parse({ sources: [source] });
  const http = createHttpClient(systemClock);
  const created = createSource(config.sources[0]!, {
    config,
    http,
    clock: systemClock,
    secrets: createMemorySecrets(),
  });
  const { notes } = created.health(systemClock.now());
  created.close();
  http.close();
  return notes;
}

const url = 'https://gpu-1:9400/metrics';
const unverified = { tls: { skipVerification: true } };

describe('a source whose certificates are not verified', () => {
  it.each<[string, SourceInput]>([
    ['of exporters', { kind: 'scrape', name: 'a', targets: [{ url }], access: unverified }],
    ['with one such target', { kind: 'scrape', name: 'a', targets: [{ url, access: unverified }, { url }] }],
    ['of discovered targets', { kind: 'discovery', name: 'a', url, targetAccess: unverified }],
    ['that is a server', { kind: 'prometheus', name: 'a', url, access: unverified }],
  ])('%s bears a lasting mark', (_, source) => {
    expect(notesOf(source)).toEqual([expect.stringContaining('not verified')]);
  });

  it('is not one that leaves the setting alone', () => {
    expect(notesOf({ kind: 'scrape', name: 'a', targets: [{ url }], access: { tls: {} } })).toEqual([]);
  });
});
