import type { Clock } from '#backend/clock.ts';
import type { Config, SourceConfig } from '#backend/config.ts';
import type { ChooseFile } from '#backend/create-backend.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import type { BackendApi, CallFailure, CheckedInput, SourceDraft, SourceTest } from '#shared/contract/backend-api.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { secretNamesOf } from '#shared/model/access.ts';
import { sourceOfDraft } from './draft-source.ts';
import { mayUseSecrets, withEntered } from './entered-secrets.ts';
import { createOpenedFiles } from './opened-files.ts';
import { sourceSettings } from './source-settings.ts';
import { testSource } from './test-source.ts';

/** Changes the configuration, one change after the other: it is given the newest and gives the next. */
export type Reconfigure = (change: (config: Config) => Result<Config, string>) => Promise<Result<void, string>>;

export type SourceCallOptions = {
  readonly clock: Clock;
  readonly config: () => Config;
  readonly secrets: Secrets;
  readonly reconfigure: Reconfigure;
  /** Shows the host's dialog to open a file; null where the host has none. */
  readonly chooseFile: ChooseFile | null;
};

type SourceCalls = Pick<
  BackendApi,
  'sourceSettings' | 'testSource' | 'connectSource' | 'changeSource' | 'removeSource' | 'openFile'
>;

/** The calls by which sources are tested, added, changed and taken away. */
export function createSourceCalls(options: SourceCallOptions): SourceCalls {
  const files = createOpenedFiles(options.clock);
  const { config, secrets, chooseFile } = options;
  const named = (name: string | null): SourceConfig | null =>
    config().sources.find((source) => source.name === name) ?? null;

  /** The source that a draft stands for, if it may use the secrets that it names. */
  async function drafted(draft: SourceDraft, of: SourceConfig | null): Promise<Result<SourceConfig, CallFailure>> {
    const allowed = mayUseSecrets(draft, of);
    if (!allowed.ok) return notPossible(allowed.failure);
    const entered = withEntered(secrets, draft.secrets);
    const source = await sourceOfDraft(draft, of, { clock: options.clock, secrets: entered, files });
    return source.ok ? source : notPossible(source.failure);
  }

  async function test({ draft, of }: CheckedInput['testSource']): Promise<Result<SourceTest, CallFailure>> {
    const known = named(of);
    const source = draft === null ? orFail(known, of) : await drafted(draft, known);
    if (!source.ok) return source;
    const entered = withEntered(secrets, draft?.secrets ?? {});
    return succeed(await testSource(source.value, { config: config(), clock: options.clock, secrets: entered }));
  }

  async function connect(input: CheckedInput['connectSource']): Promise<Result<{ name: string }, CallFailure>> {
    const { name: wanted, ...draft } = input;
    const source = await drafted(draft, null);
    if (!source.ok) return source;
    let name = wanted ?? source.value.name;
    return await keeping(draft, (before) => {
      const taken = new Set(before.sources.map((one) => one.name));
      if (wanted !== null && taken.has(wanted)) return fail(`There is a source called ${wanted} already.`);
      name = freeName(name, taken);
      return succeed({ ...before, sources: [...before.sources, { ...source.value, name }] });
    }).then((kept) => (kept.ok ? succeed({ name }) : kept));
  }

  async function change(input: CheckedInput['changeSource']): Promise<Result<{ name: string }, CallFailure>> {
    const known = orFail(named(input.name), input.name);
    if (!known.ok) return known;
    const source = input.draft === undefined ? known : await drafted(input.draft, known.value);
    if (!source.ok) return source;
    const name = input.newName ?? input.name;
    const next = { ...source.value, name, paused: input.isPaused ?? known.value.paused };
    const kept = await keeping(input.draft ?? null, (before) => {
      const others = before.sources.filter((one) => one.name !== input.name);
      if (others.length === before.sources.length) return fail(`There is no source called ${input.name} any more.`);
      if (others.some((one) => one.name === name)) return fail(`There is a source called ${name} already.`);
      return succeed({ ...before, sources: before.sources.map((one) => (one.name === input.name ? next : one)) });
    });
    return kept.ok ? succeed({ name }) : kept;
  }

  /** Secrets first: a source that is at work without its credentials would be refused and wait to be asked again. */
  async function keeping(
    draft: SourceDraft | null,
    apply: Parameters<Reconfigure>[0],
  ): Promise<Result<void, CallFailure>> {
    const { access = null, secrets: entered = {} } = draft ?? {};
    const used = access === null ? [] : secretNamesOf(access);
    for (const [name, value] of Object.entries(entered)) {
      if (!used.includes(name)) continue;
      const set = await secrets.set(name, value);
      if (!set.ok) return notPossible(set.failure);
    }
    const done = await options.reconfigure(apply);
    return done.ok ? done : notPossible(done.failure);
  }

  async function remove({ name }: { readonly name: string }): Promise<Result<{ removed: boolean }, CallFailure>> {
    if (named(name) === null) return succeed({ removed: false });
    const done = await options.reconfigure((before) =>
      succeed({ ...before, sources: before.sources.filter((source) => source.name !== name) }),
    );
    return done.ok ? succeed({ removed: true }) : notPossible(done.failure);
  }

  return {
    sourceSettings: async () => succeed(await sourceSettings(config(), secrets, chooseFile !== null)),
    testSource: test,
    connectSource: connect,
    changeSource: change,
    removeSource: remove,
    openFile: async () => {
      if (chooseFile === null) return notPossible('This host has no dialog: name the file in config.json.');
      const path = await chooseFile('nvidia-smi');
      return succeed(path === null ? null : files.remember(path));
    },
  };
}

function orFail(source: SourceConfig | null, name: string | null): Result<SourceConfig, CallFailure> {
  return source === null ? notPossible(`There is no source called ${name ?? ''}.`) : succeed(source);
}

function notPossible(message: string): { readonly ok: false; readonly failure: CallFailure } {
  return fail({ kind: 'not-possible', message });
}

/** A recognised name that is taken gets a number behind it. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) if (!taken.has(`${name} ${number}`)) return `${name} ${number}`;
}
