import { z } from 'zod';
import type { Access, LabelMatcher } from '#shared/model/access.ts';
import type { ServerJob } from '#shared/model/server-job.ts';
import type { SignalGroup } from '#shared/model/signal.ts';
import type { SourceHealth, SourceKind } from '#shared/model/source-health.ts';
import { accessSchema, matchersSchema, secretName, secretValue } from './access-schema.ts';

/** Some thousand hosts, one a line. */
const ADDRESS_LENGTH_MAX = 200_000;

/**
 * A source as it is entered: an address of any kind, and how it is asked. Values of secrets go one way, in: they are kept
 * under the names that the access uses, and no answer has them.
 */
export const sourceDraftSchema = z.strictObject({
  /** A URL, hosts divided by blanks or commas, `local`, or the handle of an opened file. */
  address: z.string().trim().min(1).max(ADDRESS_LENGTH_MAX),
  access: accessSchema.nullable().default(null),
  /** Of a server: one cluster of many. */
  matchers: matchersSchema.default([]),
  /** Of a server: how much of its past is read. */
  backfillHours: z.number().min(0).max(9600).nullable().default(null),
  secrets: z.record(secretName, secretValue).default({}),
});

export type SourceDraft = z.output<typeof sourceDraftSchema>;

/** A source as it is configured, without the values of its secrets. */
export type SourceSettings = {
  readonly name: string;
  readonly kind: SourceKind;
  readonly isPaused: boolean;
  /** As it may be entered again. */
  readonly address: string;
  readonly access: Access | null;
  readonly matchers: readonly LabelMatcher[];
  readonly backfillHours: number | null;
};

export type SourcesSettings = {
  readonly sources: readonly SourceSettings[];
  /** Names of the secrets that are kept, and where one that is entered now goes, as a sentence. */
  readonly secrets: { readonly names: readonly string[]; readonly isLasting: boolean; readonly note: string };
  /** Whether this host can show a dialog to open a saved file. */
  readonly canOpenFiles: boolean;
};

/** What answers at an address, asked once: nothing of it is kept. */
export type SourceTest = {
  /** What the source would be called. */
  readonly name: string;
  readonly health: SourceHealth;
  readonly signals: readonly SignalGroup[];
  /** What a server scrapes; null of any other source, and where the server does not tell. */
  readonly jobs: readonly ServerJob[] | null;
};

/** A file that was chosen in the host's dialog: `address` stands for it in a draft, and says nothing of its path. */
export type OpenedFile = { readonly address: string; readonly fileName: string };
