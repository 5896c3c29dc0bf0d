import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { accessSchema, httpUrl, matchersSchema } from '#shared/contract/access-schema.ts';
import { topologySchema } from '#shared/contract/topology-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { secretNamesOf, type Access } from '#shared/model/access.ts';

/**
 * What can be configured, with its defaults. The file is `config.json` in the data folder; hosts read it, the backend
 * gets the checked value. Credentials are not part of it: `access` names secrets, whose values are kept elsewhere (see
 * the README of secrets/).
 */

const labels = z.record(z.string().max(128), z.string().max(2048)).default({});

/** Labels of a target are laid over the samples' own only where the sample has none of that name, as with honor_labels. */
const scrapeTarget = z.strictObject({
  url: httpUrl,
  labels,
  /** How this target is asked, in place of the source's own access. */
  access: accessSchema.optional(),
});

/** Not polled as long as this is set; what is stored stays. */
const paused = z.boolean().default(false);

const source = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('scrape'),
    name: z.string().min(1).max(512),
    paused,
    targets: z.array(scrapeTarget).min(1),
    access: accessSchema.optional(),
  }),
  /**
   * Targets listed by a Prometheus HTTP service-discovery document. `access` is for the document alone: whoever writes
   * it chooses the targets, and what they are asked with is a setting of its own.
   */
  z.strictObject({
    kind: z.literal('discovery'),
    name: z.string().min(1).max(512),
    paused,
    url: httpUrl,
    access: accessSchema.optional(),
    targetAccess: accessSchema.optional(),
  }),
  z.strictObject({
    kind: z.literal('prometheus'),
    name: z.string().min(1).max(512),
    paused,
    /** A path prefix belongs to it: `https://mimir.example/prometheus`. */
    url: httpUrl,
    access: accessSchema.optional(),
    /** One cluster of many: what every query is narrowed to. */
    matchers: matchersSchema.optional(),
    /** `live`: polled like any source. `history`: only asked for the past, while direct scrapes give the present. */
    use: z.enum(['live', 'history']).default('live'),
    backfillHours: z.number().min(0).max(9600).default(168),
    /** The newest part of it that is read scrape by scrape; what is older is read at marks of five minutes. */
    fineHours: z.number().min(0).max(9600).optional(),
  }),
  /** The GPUs of this machine. `auto` takes NVML where it loads, else nvidia-smi. */
  z.strictObject({
    kind: z.literal('local-gpus'),
    name: z.string().min(1).max(512),
    paused,
    via: z.enum(['auto', 'nvml', 'nvidia-smi']).default('auto'),
  }),
  /** The saved output of `nvidia-smi -q -x`, read again whenever it is written anew. */
  z.strictObject({
    kind: z.literal('file'),
    name: z.string().min(1).max(512),
    paused,
    path: z.string().min(1).max(4096),
    /** The machine that the file tells of. */
    node: z.string().min(1).max(512).nullable().default(null),
  }),
]);

/** A meter without a standard name: see MeterMapping in shared/model. A wall meter stands for a rack unless it says `node`. */
const meter = z
  .strictObject({
    metric: z.string().min(1).max(512),
    labels,
    boundary: z.enum(['node', 'rack', 'wall']),
    place: z.enum(['node', 'rack']).optional(),
    placeLabel: z.string().min(1).max(128),
    quantity: z.enum(['power', 'energy']).default('power'),
    scale: z.number().positive().max(1e12).default(1),
  })
  .refine(({ boundary, place }) => boundary === 'wall' || place === undefined || place === boundary, {
    message: 'only a wall meter has a choice of place',
  })
  .transform(
    (mapping) => ({ ...mapping, place: mapping.boundary === 'node' ? 'node' : (mapping.place ?? 'rack') }) as const,
  );

export const configSchema = z.strictObject({
  fleetName: z.string().min(1).max(100).default('My fleet'),
  pollSeconds: z.number().int().min(1).max(300).default(10),
  sources: z
    .array(source)
    .refine((list) => new Set(list.map((one) => one.name)).size === list.length, {
      message: 'two sources have the same name: facts and targets are told apart by it',
    })
    .default([]),
  /** Power meters that no standard name tells: PDUs, power shelves, a site's own exporter. */
  meters: z.array(meter).max(100).default([]),
  /** What the operator says of the fleet: who counts tokens, where engines and nodes are. Also set on the Engines page. */
  topology: topologySchema.prefault({}),
  /** The label of engines' metrics that names whom they serve, such as `team`; null: their namespace. */
  tenantLabel: z.string().min(1).max(128).nullable().default(null),
  /** A file in place of Tokenwatt's catalogue of public benchmarks: see electron/backend/reference. */
  referenceCatalogue: z.string().min(1).max(4096).nullable().default(null),
  /** Where scheduled reports go; null: the folder reports of the data folder. */
  reportsFolder: z.string().min(1).max(4096).nullable().default(null),
  retention: z
    .strictObject({
      rawDays: z.number().min(0.1).max(400).default(7),
      minuteDays: z.number().min(1).max(800).default(35),
      hourDays: z.number().min(1).max(4000).default(800),
    })
    .prefault({}),
});

export type Config = z.output<typeof configSchema>;
export type SourceConfig = Config['sources'][number];

/** Names of all secrets that sources use. */
export function secretNamesIn({ sources }: Config): readonly string[] {
  return sources.flatMap(accessesOf).flatMap(secretNamesOf);
}

/** Every access of a source: its own, and those of its targets. */
export function accessesOf(source: SourceConfig): readonly Access[] {
  const all = (accesses: readonly (Access | undefined)[]): Access[] => accesses.flatMap((access) => access ?? []);
  switch (source.kind) {
    case 'scrape':
      return all([source.access, ...source.targets.map((target) => target.access)]);
    case 'discovery':
      return all([source.access, source.targetAccess]);
    case 'prometheus':
      return all([source.access]);
    case 'local-gpus':
    case 'file':
      return [];
  }
}

export const TOKENWATT_VERSION = '0.1.0';

const FILE = 'config.json';

/** The configuration in a data folder; the defaults where there is none. On failure: what is wrong, and where. */
export async function loadConfig(dataFolder: string | null): Promise<Result<Config, string>> {
  if (dataFolder === null) return succeed(configSchema.parse({}));
  const path = join(dataFolder, FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isAbsent ? succeed(configSchema.parse({})) : fail(`${path} cannot be read: ${String(error)}`);
  }
  try {
    const parsed = configSchema.safeParse(JSON.parse(text));
    return parsed.success ? succeed(parsed.data) : fail(`${path} is not valid: ${z.prettifyError(parsed.error)}`);
  } catch (error) {
    return fail(`${path} is not JSON: ${String(error)}`);
  }
}

/** Writes the configuration whole or not at all: beside the file first, then over it. */
export async function saveConfig(dataFolder: string | null, config: Config): Promise<Result<void, string>> {
  if (dataFolder === null) return succeed(undefined);
  const path = join(dataFolder, FILE);
  try {
    await writeFile(`${path}.new`, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
    return succeed(undefined);
  } catch (error) {
    return fail(`${path} cannot be written: ${String(error)}`);
  }
}
