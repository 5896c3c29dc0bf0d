import { createBackend } from '#backend/create-backend.ts';
import type { BackendApi, CallInput, CallName } from '#shared/contract/backend-api.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import type { TimeRange } from '#shared/time/time-range.ts';

/**
 * Asks what every screen asks, of a snapshot file and nothing else: prints one line of JSON, the calls that failed with why,
 * and the cost of the window. Also run as a program, in a place without a network.
 */
export type Asked = { readonly failed: readonly string[]; readonly answered: number; readonly spend: number | null };

type Questions = { readonly [Name in CallName]?: CallInput[Name] };

/** The questions of the screens; calls that change something are no part of looking. */
function questionsOf(window: TimeRange): Questions {
  const recent = { from: Math.max(window.from, window.to - 900_000), to: window.to };
  return {
    capabilities: {},
    overview: { window },
    costSeries: { window },
    costBreakdown: { window, by: 'node', historyBuckets: 24 },
    costDetail: { window },
    reconciliation: { window },
    limits: { window },
    idleWaste: { window: recent },
    idleCapacity: { window },
    figure: { name: 'cost-per-million-tokens', window: recent },
    events: { window },
    sourceHealth: {},
    costBook: {},
    sourceSettings: {},
    deployments: {},
    snapshots: {},
    alertRules: {},
    budgets: {},
    budgetStatus: {},
    alerts: {},
    reference: { window },
    whatIf: { window, scenario: { edits: [{ kind: 'tariff-factor', factor: 2 }] } },
    scenarios: {},
    updates: { window },
  };
}

export async function askEverything(path: string): Promise<Asked> {
  const made = await createBackend({
    host: 'cli',
    dataFolder: null,
    polls: false,
    snapshotPath: path,
    startSampleFleet: () => Promise.reject(new Error('a snapshot needs no sample')),
  });
  if (!made.ok) return { failed: [made.failure.message], answered: 0, spend: null };
  try {
    return await asked(made.value.api);
  } finally {
    await made.value.stop();
  }
}

async function asked(api: BackendApi): Promise<Asked> {
  const about = await api.capabilities({});
  if (!about.ok || about.value.snapshot === null) return { failed: ['no snapshot is shown'], answered: 0, spend: null };
  const { window } = about.value.snapshot;
  const failed: string[] = [];
  const questions = Object.entries(questionsOf(window));
  for (const [name, input] of questions) {
    const answer = await dispatch(api, name, input);
    if (!answer.ok) failed.push(`${name}: ${answer.failure.message}`);
  }
  const spend = await api.figure({ name: 'spend', window, scope: {}, basis: 'billed' });
  return { failed, answered: questions.length - failed.length, spend: spend.ok ? spend.value.value : null };
}

const [path] = process.argv.slice(2);
if (import.meta.main && path !== undefined) process.stdout.write(`${JSON.stringify(await askEverything(path))}\n`);
