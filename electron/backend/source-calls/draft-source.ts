import type { Clock } from '#backend/clock.ts';
import { configSchema, type SourceConfig } from '#backend/config.ts';
import { createAccessReader } from '#backend/secrets/read-access.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import { noAccess } from '#backend/sources/http/http-client.ts';
import { recogniseAddress, type RecognisedSource } from '#backend/sources/recognise-address.ts';
import { addressOf } from '#backend/sources-at-work.ts';
import type { SourceDraft } from '#shared/contract/backend-api.ts';
import { succeed, type Result } from '#shared/lib/result.ts';
import type { OpenedFiles } from './opened-files.ts';

type DraftSurroundings = { readonly clock: Clock; readonly secrets: Secrets; readonly files: OpenedFiles };

/**
 * The configuration that a draft stands for. Its address is asked what it is, unless it is that of the source that is
 * changed: then that source's kind and targets stay, so that credentials can be mended while it is down.
 */
export async function sourceOfDraft(
  draft: SourceDraft,
  changed: SourceConfig | null,
  { clock, secrets, files }: DraftSurroundings,
): Promise<Result<SourceConfig, string>> {
  if (changed !== null && addressOf(changed) === draft.address) return succeed(withDraft(changed, draft));
  const file = files.pathOf(draft.address);
  if (file !== null) return succeed(fileSource(file));
  const access = draft.access === null ? noAccess : createAccessReader(draft.access, secrets, clock);
  const recognised = await recogniseAddress(draft.address, { clock, access });
  return recognised.ok ? succeed(withDraft(configOf(recognised.value, changed), draft)) : recognised;
}

/** A recognised source with its defaults; targets that were there before keep their labels. */
function configOf(recognised: RecognisedSource, before: SourceConfig | null): SourceConfig {
  const known = new Map(before?.kind === 'scrape' ? before.targets.map((target) => [target.url, target]) : []);
  const source =
    recognised.kind === 'scrape'
      ? { ...recognised, targets: recognised.targets.map((target) => known.get(target.url) ?? target) }
      : recognised;
  return checked(source);
}

function withDraft(source: SourceConfig, { access, matchers, backfillHours }: SourceDraft): SourceConfig {
  const asked = access === null ? {} : { access };
  switch (source.kind) {
    case 'scrape':
    case 'discovery': {
      const { access: _, ...rest } = source;
      return checked({ ...rest, ...asked });
    }
    case 'prometheus': {
      const { access: _, matchers: __, ...rest } = source;
      const narrowed = matchers.length === 0 ? {} : { matchers };
      return checked({ ...rest, ...asked, ...narrowed, backfillHours: backfillHours ?? source.backfillHours });
    }
    case 'local-gpus':
    case 'file':
      return source;
  }
}

function fileSource(path: string): SourceConfig {
  const name = path.split(/[/\\]/).at(-1) ?? path;
  return checked({ kind: 'file', name: name.slice(0, 512), path });
}

/** By the schema of the configuration, which fills in what is left out. Everything here was checked before. */
function checked(source: unknown): SourceConfig {
  const [first] = configSchema.parse({ sources: [source] }).sources;
  if (first === undefined) throw new Error('a source of the configuration is none');
  return first;
}
