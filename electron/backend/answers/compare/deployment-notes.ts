import type { Store, StoreFailure } from '#backend/store/store.ts';
import { deploymentNotesSchema, type DeploymentNote, type DeploymentNotes } from '#shared/contract/compare-schema.ts';
import { succeed, type Result } from '#shared/lib/result.ts';

/** The document in which the operator says what no exporter tells of a deployment. */
const DOCUMENT = 'deployment-notes';

export async function deploymentNotes(store: Store): Promise<DeploymentNotes> {
  const read = deploymentNotesSchema.safeParse(await store.document(DOCUMENT));
  return read.success ? read.data : { deployments: [] };
}

/** Keeps what is said of one model beside what is said of others. */
export async function saveDeploymentNote(
  store: Store,
  note: DeploymentNote,
): Promise<Result<DeploymentNotes, StoreFailure>> {
  const { deployments } = await deploymentNotes(store);
  const isEmpty = note.precision === null && note.speculation === null;
  const others = deployments.filter(({ model }) => model !== note.model);
  const notes = { deployments: isEmpty ? others : [...others, note] };
  const saved = await store.saveDocument(DOCUMENT, notes);
  return saved.ok ? succeed(notes) : saved;
}
