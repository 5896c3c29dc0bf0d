import { readBudgets, readSettings, readState } from './alerts/alert-documents.ts';
import { EMPTY_OUTBOX } from './alerts/webhook/outbox.ts';
import { deploymentNotes } from './answers/compare/deployment-notes.ts';
import { readMarks } from './answers/idle/marks.ts';
import { updateMarks, updateTags } from './answers/updates/operator-words.ts';
import { keptScenarios } from './answers/what-if/kept-scenarios.ts';
import { readReportSettings, REPORT_SETTINGS } from './reports/report-settings-document.ts';
import type { Store } from './store/store.ts';
import { DEFAULT_REPORT_SETTINGS } from '#shared/model/report-settings.ts';

/**
 * What an operator said of a fleet goes along with a snapshot as the reader of each document understands it, so that a field
 * that nobody knows does not leave the house. No document names a credential: those are kept apart, in the secrets. Closed
 * months are not among them: what was frozen lies in files of the data folder, and a list without its files would promise them.
 */
const READERS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  'update-marks': updateMarks,
  'update-tags': updateTags,
  'idle-suggestions': async (store) => ({ marks: await readMarks(store) }),
  'deployment-notes': deploymentNotes,
  scenarios: keptScenarios,
  budgets: async (store) => ({ budgets: await readBudgets(store) }),
  'alert-settings': readSettings,
  // Messages that wait for delivery belong to the webhook: they must go out once, from where they wait.
  'alert-state': async (store) => ({ ...(await readState(store)), outbox: EMPTY_OUTBOX }),
  // How reports look and what they are called. When they are written is a matter of the machine that writes them.
  [REPORT_SETTINGS]: async (store) => ({
    ...(await readReportSettings(store)),
    schedule: DEFAULT_REPORT_SETTINGS.schedule,
  }),
};

/** The documents of a store that go along with a snapshot, by name; those that were never written are left out. */
export async function documentsOf(store: Store): Promise<Readonly<Record<string, unknown>>> {
  const documents: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(READERS)) {
    if ((await store.document(name)) !== null) documents[name] = await read(store);
  }
  return documents;
}
