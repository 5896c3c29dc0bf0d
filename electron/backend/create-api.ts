import { basename } from 'node:path';
import { claim } from './answers/compare/claim.ts';
import { saveDeploymentNote } from './answers/compare/deployment-notes.ts';
import { reference } from './answers/compare/reference.ts';
import { keptScenarios, saveScenario } from './answers/what-if/kept-scenarios.ts';
import { whatIf } from './answers/what-if/what-if.ts';
import { createCatalogueReader } from './reference/read-catalogue.ts';
import { createAlertCalls } from './alerts/alert-calls.ts';
import type { Alerts } from './alerts/alerts.ts';
import { costBookAnswer } from './answers/cost-book/cost-book.ts';
import { previewCostBook } from './answers/cost-book/preview-cost-book.ts';
import { costBreakdown } from './answers/cost-breakdown.ts';
import { costDetail } from './answers/cost/cost-detail.ts';
import { limits } from './answers/cost/limits.ts';
import { reconciliation } from './answers/cost/reconciliation.ts';
import { costSeries } from './answers/cost-series.ts';
import type { AnswerContext } from './answers/answer-context.ts';
import { figure } from './answers/figure.ts';
import { idleWaste } from './answers/idle-waste.ts';
import { idleCapacity, markSuggestion } from './answers/idle/idle-capacity.ts';
import { overview } from './answers/overview.ts';
import { createChangeAssessor } from './answers/updates/assessed-changes.ts';
import { changeMark, changeTag } from './answers/updates/operator-words.ts';
import { update } from './answers/updates/update.ts';
import { updates } from './answers/updates/updates.ts';
import { createReportCalls, type ReportWork } from './report-calls.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { troubleOfCostBook } from '#shared/cost/check-cost-book.ts';
import type { BackendApi, CallFailure, Deployments } from '#shared/contract/backend-api.ts';
import type { Topology } from '#shared/model/topology.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { TOKENWATT_VERSION } from './config.ts';
import type { Secrets } from './secrets/secrets.ts';
import { refusedWhileShown } from './refused-while-shown.ts';
import { createSnapshotComparison } from './compare-snapshots.ts';
import { createSnapshotCalls, type SnapshotHost } from './snapshot-calls.ts';
import type { ShownSnapshot } from '#shared/contract/snapshot-schema.ts';
import { createSourceCalls, type Reconfigure } from './source-calls/source-calls.ts';
import type { ChooseFile } from './create-backend.ts';
import type { Fleet } from './open-fleet.ts';

type ApiOptions = {
  readonly host: 'window' | 'server' | 'cli';
  readonly clock: Clock;
  readonly fleet: () => Fleet;
  readonly config: () => Config;
  /** Where the credentials of sources go; nothing in an answer ever comes from it but names and where they are kept. */
  readonly secrets: Secrets;
  readonly reconfigure: Reconfigure;
  readonly snapshots: SnapshotHost;
  readonly chooseFile: ChooseFile | null;
  readonly saveTopology: (topology: Topology) => Promise<Result<void, string>>;
  readonly alerts: () => Alerts;
  readonly reports: ReportWork;
};

/** What every answer may use, of the fleet that is open when it is asked. */
export function createAnswerContext(options: {
  readonly fleet: () => Pick<Fleet, 'store' | 'costBook' | 'history' | 'config' | 'clock'>;
}): () => AnswerContext {
  const readCatalogue = createCatalogueReader();
  return (): AnswerContext => {
    const { store, costBook, history, config } = options.fleet();
    const { pollSeconds, referenceCatalogue } = config();
    const reference = async () => {
      const read = await readCatalogue(referenceCatalogue);
      const file = referenceCatalogue === null ? null : basename(referenceCatalogue);
      return read.ok ? succeed({ catalogue: read.value, file }) : read;
    };
    return { store, clock: options.fleet().clock, pollSeconds, costBook, history, reference };
  };
}

/** The contract, answered: one file per call under answers/, joined here to the fleet that is open. */
export function createApi(options: ApiOptions): BackendApi {
  const assess = createChangeAssessor();
  const context = createAnswerContext(options);
  const compareSnapshots = createSnapshotComparison({
    ...options,
    // The context of a fleet that stays open beside the one that is shown.
    contextOf: (fleet) => createAnswerContext({ fleet: () => fleet })(),
  });
  const api: BackendApi = {
    capabilities: () =>
      answered(async () => ({
        version: TOKENWATT_VERSION,
        host: options.host,
        isSample: options.fleet().isSample,
        fleetName: options.fleet().config().fleetName,
        pollSeconds: options.fleet().config().pollSeconds,
        now: options.fleet().clock.now(),
        snapshot: shownSnapshot(options),
      })),
    overview: (input) => answered(() => overview(context(), input)),
    costSeries: (input) => answered(() => costSeries(context(), input)),
    costBreakdown: (input) => answered(() => costBreakdown(context(), input)),
    costDetail: (input) => answered(() => costDetail(context(), input)),
    reconciliation: (input) => answered(() => reconciliation(context(), input)),
    limits: (input) => answered(() => limits(context(), input)),
    idleWaste: (input) => answered(() => idleWaste(context(), input)),
    idleCapacity: (input) => answered(() => idleCapacity(context(), input)),
    markSuggestion: async (input) => {
      const marked = await answered(() => markSuggestion(context(), input));
      return marked.ok ? marked.value : marked;
    },
    figure: (input) => answered(() => figure(context(), input)),
    events: (input) => answered(() => context().store.events(input.window)),
    sourceHealth: () => answered(async () => options.fleet().sourceHealth()),
    previewCostBook: (input) => answered(() => previewCostBook(context(), input)),
    costBook: () => answered(() => costBookAnswer(context())),
    saveCostBook: async (input) => {
      const revisions = input.revisions.toSorted((one, other) => one.from - other.from);
      const trouble = troubleOfCostBook({ revisions });
      if (trouble !== null) return fail({ kind: 'bad-input', message: trouble });
      const saved = await options.fleet().saveCostBook({ revisions });
      if (!saved.ok) return fail({ kind: 'not-possible', message: saved.failure });
      return await answered(() => costBookAnswer(context()));
    },
    ...createSourceCalls(options),
    ...createSnapshotCalls({ ...options, catalogue: () => catalogueVersion(context()) }),
    compareSnapshots: async (input) => {
      const compared = await answered(() => compareSnapshots(input));
      return compared.ok ? compared.value : compared;
    },
    ...createAlertCalls({ ...options, context }, answered),
    reference: (input) => answered(() => reference(context(), input)),
    claim: (input) => answered(async () => claim(input)),
    whatIf: async (input) => {
      const answer = await answered(() => whatIf(context(), input));
      if (!answer.ok) return answer;
      return answer.value.ok ? answer.value : fail({ kind: 'not-possible', message: answer.value.failure });
    },
    scenarios: () => answered(() => keptScenarios(context().store)),
    saveScenario: async (input) => {
      const saved = await saveScenario(options.fleet().store, input);
      return saved.ok ? saved : fail({ kind: 'not-possible', message: saved.failure });
    },
    saveDeploymentNote: async (input) => {
      const saved = await saveDeploymentNote(options.fleet().store, input);
      return saved.ok ? saved : fail({ kind: 'not-possible', message: saved.failure.message });
    },
    updates: (input) => answered(() => updates(context(), assess, input)),
    update: (input) => answered(() => update(context(), assess, input)),
    markUpdate: async (input) => possible(await changeMark(options.fleet().store, input)),
    tagUpdate: async (input) => possible(await changeTag(options.fleet().store, input)),
    ...createReportCalls(options, answered),
    deployments: () => answered(async () => deployments(options.fleet())),
    saveTopology: async (input) => {
      const saved = await options.saveTopology(input);
      if (!saved.ok) return fail({ kind: 'not-possible', message: saved.failure });
      return await answered(async () => deployments(options.fleet()));
    },
  };
  return { ...api, ...refusedWhileShown(api, () => options.fleet().snapshot !== null) };
}

async function catalogueVersion({ reference: read }: AnswerContext): Promise<string | null> {
  const found = await read();
  return found.ok ? found.value.catalogue.version : null;
}

function shownSnapshot({ fleet, snapshots }: ApiOptions): ShownSnapshot | null {
  const { snapshot } = fleet();
  return snapshot === null ? null : { ...snapshot, canClose: snapshots.canClose() };
}

function deployments(fleet: Fleet): Deployments {
  return { deployments: fleet.deployments(), topology: fleet.topology(), canSave: !fleet.isSample };
}

function possible<Value>(done: Result<Value, string>): Result<Value, CallFailure> {
  return done.ok ? done : fail({ kind: 'not-possible', message: done.failure });
}

/** Our own mistakes throw; the caller is told that much, and no path or stack. */
async function answered<Answer>(work: () => Promise<Answer>): Promise<Result<Answer, CallFailure>> {
  try {
    return succeed(await work());
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown trouble';
    return fail({ kind: 'failed', message: `The backend could not answer: ${withoutPaths(message).slice(0, 200)}` });
  }
}

/** Absolute paths, of any system, tell a browser where things lie on this machine. */
function withoutPaths(message: string): string {
  return message.replaceAll(/(?<![\w/])(?:[A-Za-z]:)?[/\\][^\s'",;:]+/g, '(path)');
}
