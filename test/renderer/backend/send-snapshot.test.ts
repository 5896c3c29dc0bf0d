import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSnapshotReceiver } from '#backend/snapshot/receive-snapshot.ts';
import { sendSnapshot } from '#renderer/backend/send-snapshot.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import { SNAPSHOT_CALLS, SNAPSHOT_PIECE_BYTES } from '#shared/contract/snapshot-schema.ts';
import { fail } from '#shared/lib/result.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenwatt-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The backend's own receiver behind the checks of the contract; `pieces` are what came. */
function receiving(pieces: Buffer[]): Pick<BackendClient, 'receiveSnapshot'> {
  const receive = createSnapshotReceiver();
  return {
    receiveSnapshot: async (input) => {
      const piece = SNAPSHOT_CALLS.receiveSnapshot.parse(input);
      pieces.push(Buffer.from(piece.base64, 'base64'));
      const received = await receive(folder, piece);
      return received.ok ? received : fail({ kind: 'not-possible', message: received.failure });
    },
  };
}

it('sends every byte once, in pieces that the contract takes, and hears why the file is refused', async () => {
  const bytes = Buffer.alloc(2 * SNAPSHOT_PIECE_BYTES + 1001, 'what no archive holds\u00ff\u0000', 'latin1');
  bytes.write('PK\u0003\u0004', 'latin1');
  const pieces: Buffer[] = [];
  const shares: number[] = [];
  const sent = await sendSnapshot(receiving(pieces), { file: new Blob([bytes]), name: 'a.twsnap' }, (share) =>
    shares.push(share),
  );
  expect(sent).toEqual({ ok: false, failure: expect.stringMatching(/^The snapshot is refused/u) });
  expect(pieces).toHaveLength(3);
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  expect(shares).toEqual([SNAPSHOT_PIECE_BYTES / bytes.length, (2 * SNAPSHOT_PIECE_BYTES) / bytes.length]);
  expect(await readdir(folder)).toEqual([]);
});

it('says that a file cannot be read', async () => {
  const file = Object.assign(new Blob(['x']), {
    slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }),
  });
  const sent = await sendSnapshot(receiving([]), { file, name: 'a.twsnap' }, () => undefined);
  expect(sent).toEqual({ ok: false, failure: expect.stringContaining('cannot be read') });
});
