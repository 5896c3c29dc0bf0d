import type { Alerts } from '#backend/alerts/alerts.ts';
import { createAnswerContext, createApi } from '#backend/create-api.ts';
import { configSchema } from '#backend/config.ts';
import { createMemorySecrets } from '#backend/secrets/memory-secrets.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import type { Store } from '#backend/store/store.ts';
import { startReportWork } from '#backend/report-work.ts';
import type { Answers, BackendApi, CallFailure, CallInput, CallName } from '#shared/contract/backend-api.ts';
import { createClient, type BackendClient } from '#shared/contract/client.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import type { Transport } from '#shared/contract/transport.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { EpochMs } from '#shared/time/instant.ts';

type Options = {
  /** Left out where no test asks of alerts. */
  readonly alerts?: Alerts;
  readonly secrets?: Secrets;
  readonly store: Store;
  readonly book: CostBook;
  readonly now: EpochMs;
  readonly pollSeconds?: number;
  /** A file in place of Tokenwatt's own catalogue of references. */
  readonly referenceCatalogue?: string;
  readonly history?: { readonly wholeSince: EpochMs; readonly message: string };
};

/** The real answers over a store, with a clock that stands still and a fleet without sources. */
export function apiOver(options: Options): BackendApi {
  let book = options.book;
  const config = configSchema.parse({
    pollSeconds: options.pollSeconds ?? 10,
    referenceCatalogue: options.referenceCatalogue ?? null,
  });
  const clock = { now: () => options.now, monotonicMs: () => 0, sleep: async () => {} };
  const fleet = {
    store: options.store,
    config: () => config,
    isSample: false,
    snapshot: null,
    clock: clock,
    costBook: () => book,
    saveCostBook: async (next: CostBook): Promise<Result<void, string>> => {
      const saved = await options.store.saveCostBook(next);
      if (saved.ok) book = next;
      return saved.ok ? succeed(undefined) : fail(saved.failure.message);
    },
    sourceHealth: () => [],
    deployments: () => [],
    topology: () => config.topology,
    useTopology: () => {},
    takeSources: () => {},
    history: () => options.history ?? null,
    close: async () => {},
  };
  return createApi({
    host: 'cli',
    clock,
    fleet: () => fleet,
    config: () => config,
    secrets: options.secrets ?? createMemorySecrets(),
    reconfigure: async () => fail('a fixed fleet has no other configuration'),
    snapshots: { dataFolder: null, canClose: () => false, open: async () => fail('none'), show: async () => {} },
    chooseFile: null,
    saveTopology: async () => fail('a fixed fleet has no other configuration'),
    alerts: () => {
      if (options.alerts === undefined) throw new Error('nothing is watched in this test');
      return options.alerts;
    },
    reports: startReportWork({
      clock,
      shown: () => fleet,
      live: () => fleet,
      contextOf: (of) => createAnswerContext({ fleet: of }),
      storeFolder: () => null,
      dataFolder: null,
      polls: false,
      log: () => {},
    }),
  });
}

/** The typed client over `dispatch`, by way of JSON as every wire sends it. */
export function clientOver(options: Options): BackendClient {
  const api = apiOver(options);
  const transport: Transport = {
    call: async (name, input) =>
      JSON.parse(JSON.stringify(await dispatch(api, name, input))) as Result<unknown, CallFailure>,
    subscribe: () => () => {},
    onConnection: () => () => {},
  };
  return createClient(transport);
}

/** Asks for the answer itself; a failure fails the test. */
export async function ask<Name extends CallName>(
  client: BackendClient,
  name: Name,
  input: CallInput[Name],
): Promise<Answers[Name]> {
  const answer = await client[name](input);
  if (!answer.ok) throw new Error(`${name}: ${answer.failure.message}`);
  return answer.value;
}
