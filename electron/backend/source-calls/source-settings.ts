import type { Config, SourceConfig } from '#backend/config.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import { addressOf } from '#backend/sources-at-work.ts';
import type { SourceSettings, SourcesSettings } from '#shared/contract/backend-api.ts';
import { accessOf } from './entered-secrets.ts';

/** The sources as they are configured, and which secrets are kept: by name, never by value. */
export async function sourceSettings(
  { sources }: Config,
  secrets: Secrets,
  canOpenFiles: boolean,
): Promise<SourcesSettings> {
  const [names, keeping] = await Promise.all([secrets.names(), secrets.keeping()]);
  return {
    sources: sources.map(settingsOf),
    secrets: { names: names.ok ? names.value : [], isLasting: keeping.isLasting, note: keeping.note },
    canOpenFiles,
  };
}

function settingsOf(source: SourceConfig): SourceSettings {
  return {
    name: source.name,
    kind: source.kind,
    isPaused: source.paused,
    address: addressOf(source),
    access: accessOf(source),
    matchers: source.kind === 'prometheus' ? (source.matchers ?? []) : [],
    backfillHours: source.kind === 'prometheus' ? source.backfillHours : null,
  };
}
