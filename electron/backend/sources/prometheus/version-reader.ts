import { settingsText } from '#shared/model/engine-settings.ts';
import type { EngineKind } from '#shared/model/inference-engine.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { noAccess, type HttpClient, type ReadAccess } from '../http/http-client.ts';
import type { EngineDocument } from '../inference-engine/engine-table.ts';
import { tableOf } from '../inference-engine/engine-tables.ts';

/** Polls to wait before a target is asked again that gave no version, or whose restarts nothing tells. */
const RETRY_POLLS = 60;

/** The version comes after the metrics within one poll: it must not hold them up. */
const VERSION_MS_MAX = 2000;

/** SGLang's document holds every argument of the server beside the version. */
const DOCUMENT_BYTES_MAX = 1024 * 1024;

const FIELD_LENGTH_MAX = 200;

/** What an engine says of itself beside its metrics; null where it does not. */
export type EngineAbout = {
  readonly version: string | null;
  readonly model: string | null;
  /** GPUs of its machine that it uses. */
  readonly gpuCount: number | null;
  readonly isSleeping: boolean | null;
  /** Launch settings, as `settingsText` writes them. */
  readonly settings: string | null;
};

export type VersionReader = {
  /** What the process that started at this instant says: asked once per process. */
  readonly aboutOf: (kind: EngineKind, startedAt: EpochMs | null, signal: AbortSignal) => Promise<EngineAbout>;
  /** Tells that the target did not answer: a process without a start time may have been replaced meanwhile. */
  readonly wasSilent: () => void;
};

const NOTHING: EngineAbout = { version: null, model: null, gpuCount: null, isSleeping: null, settings: null };

/**
 * Reads the document of an engine's table beside a metrics path, such as vLLM's `/version`. All are open without a key.
 * Source: engine reference, section 3.
 */
export function createVersionReader(
  metricsUrl: string,
  http: HttpClient,
  access: ReadAccess = noAccess,
): VersionReader {
  let known: { startedAt: EpochMs | null; about: EngineAbout } | null = null;
  let waitPolls = 0;
  // An address that serves a model goes on doing so: a name once told stays until another is.
  let model: string | null = null;
  // Whether it sleeps changes at any time: it is asked at every poll where it was told once.
  let tellsSleep = false;

  async function ask(kind: EngineKind, signal: AbortSignal): Promise<EngineAbout> {
    const document = tableOf(kind)?.document ?? null;
    if (document === null) return NOTHING;
    const limits = { bytesDecodedMax: DOCUMENT_BYTES_MAX, firstByteMs: VERSION_MS_MAX, totalMs: VERSION_MS_MAX };
    const asking = await access();
    if (!asking.ok) return NOTHING;
    for (const url of document.paths.flatMap((path) => urlBeside(metricsUrl, path) ?? [])) {
      // Another port is another server: credentials of this one are not for it.
      const isSameServer = new URL(url).origin === new URL(metricsUrl).origin;
      const answer = await http.get({ ...(isSameServer ? asking.value : {}), url }, { signal, limits });
      const about = answer.ok ? aboutIn(answer.value.body, document) : NOTHING;
      if (about.version !== null || about.model !== null) return about;
    }
    return NOTHING;
  }

  return {
    aboutOf: async (kind, startedAt, signal) => {
      const isKnown = known !== null && known.startedAt === startedAt;
      const isLasting = isKnown && startedAt !== null;
      if (!tellsSleep && (isLasting || ((known === null || isKnown) && waitPolls > 0))) {
        if (!isLasting) waitPolls -= 1;
        return { ...(known?.about ?? NOTHING), model };
      }
      const about = await ask(kind, signal);
      known = about.version === null ? null : { startedAt, about };
      model = about.model ?? model;
      tellsSleep ||= about.isSleeping !== null;
      waitPolls = RETRY_POLLS;
      return { ...about, model };
    },
    wasSilent: () => {
      if (known?.startedAt !== null) return;
      known = null;
      waitPolls = 0;
    },
  };
}

/** Triton's metrics have a port of their own; its documents are at the port of its requests. Both are its defaults. */
const TRITON_METRICS_PORT = '8002';
const TRITON_HTTP_PORT = '8000';

/** The address of a document beside a metrics path; null where the path is none that an engine serves. */
function urlBeside(metricsUrl: string, path: string): string | null {
  const base = metricsUrl.replace(/\/((prometheus|v1)\/)?metrics\/?$/, '');
  if (base === metricsUrl) return null;
  const url = new URL(`${base}/${path}`);
  if (path === 'v2' && url.port === TRITON_METRICS_PORT) url.port = TRITON_HTTP_PORT;
  return url.href;
}

function aboutIn(body: Uint8Array, document: EngineDocument): EngineAbout {
  try {
    const json: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    const model = document.models.map((path) => textAt(json, path)).find((name) => name !== null) ?? null;
    const isSleeping = document.sleeping === undefined ? null : fieldAt(json, document.sleeping);
    return {
      version: textAt(json, document.version),
      model,
      gpuCount: document.gpuCount?.(json) ?? null,
      isSleeping: typeof isSleeping === 'boolean' ? isSleeping : null,
      settings: settingsOf(json, document.settings ?? {}),
    };
  } catch {
    return NOTHING; // Not JSON: the path belongs to something else.
  }
}

/** Fields that are listed, and no others: an argument may be a secret. */
function settingsOf(json: unknown, names: Readonly<Record<string, string>>): string | null {
  const told = Object.entries(names).flatMap(([field, name]) => {
    const value = fieldAt(json, [field]);
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return isPlain && String(value).length <= FIELD_LENGTH_MAX ? [[name, String(value)] as const] : [];
  });
  return settingsText(Object.fromEntries(told));
}

/** The text at a path of fields; null where there is none, or none that could be a name. */
function textAt(json: unknown, path: readonly string[]): string | null {
  const value = fieldAt(json, path);
  return typeof value === 'string' && value !== '' && value.length <= FIELD_LENGTH_MAX ? value : null;
}

function fieldAt(json: unknown, path: readonly string[]): unknown {
  let value = json;
  for (const field of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return null;
    value = (value as Readonly<Record<string, unknown>>)[field];
  }
  return value;
}
