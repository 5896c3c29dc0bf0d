import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackendApi, CallFailure, CheckedInput } from '#shared/contract/backend-api.ts';
import type { SnapshotAbout, SnapshotFile } from '#shared/contract/snapshot-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { TOKENWATT_VERSION } from './config.ts';
import type { ChooseFile } from './create-backend.ts';
import type { Fleet } from './open-fleet.ts';
import type { Secrets } from './secrets/secrets.ts';
import { documentsOf } from './snapshot-documents.ts';
import { createSnapshotReceiver } from './snapshot/receive-snapshot.ts';
import { saveSnapshot } from './snapshot/save-snapshot.ts';
import { describedFile, listSnapshots, nameOfSnapshot, snapshotFolder } from './snapshot/snapshot-folder.ts';

/** What the calls need of whoever holds the fleets. */
export type SnapshotHost = {
  /** Snapshots are kept in a folder inside it; null where nothing is kept. */
  readonly dataFolder: string | null;
  readonly canClose: () => boolean;
  /** Opens a file as a fleet; on failure: why it is refused. */
  readonly open: (path: string) => Promise<Result<Fleet, string>>;
  /** Shows a fleet in place of the live one; null goes back to that. */
  readonly show: (fleet: Fleet | null) => Promise<void>;
};

type SnapshotCalls = Pick<
  BackendApi,
  'snapshots' | 'saveSnapshot' | 'openSnapshot' | 'receiveSnapshot' | 'closeSnapshot'
>;

type SnapshotCallOptions = {
  readonly fleet: () => Fleet;
  readonly snapshots: SnapshotHost;
  readonly chooseFile: ChooseFile | null;
  readonly secrets: Secrets;
  /** Version of the catalogue of references in use; null where it cannot be read. */
  readonly catalogue: () => Promise<string | null>;
};

/** Name of the secret with which snapshots are signed where it is set: an Ed25519 private key as PEM. */
const SIGNING_KEY = 'snapshot-signing-key';

/** Half a million minutes of GPUs are about 20 MB. */
const MINUTE_ROWS_MAX = 500_000;

/** The calls by which snapshots are saved, listed, shown and left. */
export function createSnapshotCalls(options: SnapshotCallOptions): SnapshotCalls {
  const { fleet, snapshots, chooseFile, catalogue, secrets } = options;
  const { dataFolder } = snapshots;
  const receive = createSnapshotReceiver();

  async function save(input: CheckedInput['saveSnapshot']): Promise<Result<SnapshotFile, CallFailure>> {
    if (dataFolder === null)
      return notPossible('Nothing is kept beyond this run, so there is no folder for snapshots.');
    const signingKey = await secrets.get(SIGNING_KEY);
    if (!signingKey.ok) return notPossible(`The snapshot was not saved: ${signingKey.failure}`);
    const folder = await snapshotFolder(dataFolder);
    const { store, costBook, config, isSample, clock } = fleet();
    const { fleetName, pollSeconds } = config();
    const name = input.name ?? nameOfSnapshot(input.hasPseudonyms ? 'fleet' : fleetName, input.window);
    const saved = await saveSnapshot(
      {
        store,
        book: costBook(),
        fleetName,
        isSample,
        madeBy: `tokenwatt ${TOKENWATT_VERSION}`,
        now: clock.now(),
        documents: await documentsOf(store),
        settings: { pollSeconds, catalogue: await catalogue() },
      },
      { ...input, path: join(folder, name), minuteRowsMax: MINUTE_ROWS_MAX, signingKey: signingKey.value },
    );
    if (!saved.ok) return notPossible(`The snapshot was not saved: ${saved.failure}`);
    return succeed(await describedFile(folder, name, saved.value.bytes));
  }

  async function open({ name }: CheckedInput['openSnapshot']): Promise<Result<SnapshotAbout | null, CallFailure>> {
    const path = name === null ? await chosen() : await inFolder(name);
    if (!path.ok || path.value === null) return path.ok ? succeed(null) : path;
    const opened = await snapshots.open(path.value);
    if (!opened.ok) return notPossible(`The snapshot is refused: ${opened.failure}.`);
    await snapshots.show(opened.value);
    return succeed(opened.value.snapshot);
  }

  async function chosen(): Promise<Result<string | null, CallFailure>> {
    return chooseFile === null
      ? notPossible('A browser cannot open a file of this machine: drop it on the page.')
      : succeed(await chooseFile('snapshot'));
  }

  async function inFolder(name: string): Promise<Result<string, CallFailure>> {
    const path = await snapshotPath(dataFolder, name);
    return path === null ? notPossible(`There is no snapshot called ${name}.`) : succeed(path);
  }

  return {
    snapshots: async () => {
      if (dataFolder === null) return succeed({ folder: null, files: [] });
      return succeed({ folder: 'snapshots', files: await listSnapshots(await snapshotFolder(dataFolder)) });
    },
    saveSnapshot: save,
    openSnapshot: open,
    receiveSnapshot: async (piece) => {
      if (dataFolder === null) return notPossible('This run keeps nothing, so there is no folder for a file.');
      const received = await receive(await snapshotFolder(dataFolder), piece);
      return received.ok ? received : notPossible(`${received.failure}.`);
    },
    closeSnapshot: async () => {
      if (!snapshots.canClose()) return notPossible('No snapshot is shown in place of a live fleet.');
      await snapshots.show(null);
      return succeed({ closed: true });
    },
  };
}

/** Where a snapshot of the folder lies; null where there is none of that name. */
export async function snapshotPath(dataFolder: string | null, name: string): Promise<string | null> {
  if (dataFolder === null) return null;
  const path = join(await snapshotFolder(dataFolder), name);
  return (await stat(path).catch(() => null))?.isFile() === true ? path : null;
}

function notPossible(message: string): Result<never, CallFailure> {
  return fail({ kind: 'not-possible', message });
}
