import type { BackendClient } from '#shared/contract/client.ts';
import { SNAPSHOT_PIECE_BYTES } from '#shared/contract/snapshot-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';

/** A file of the reader, and the name it is to be kept by. */
export type SnapshotToSend = { readonly file: Blob; readonly name: string };

/**
 * Hands the bytes of a file to the backend in pieces: a page has no path to give, and is believed none. `tell` hears the share
 * that has arrived. The name it was kept by, or why it was not.
 */
export async function sendSnapshot(
  client: Pick<BackendClient, 'receiveSnapshot'>,
  { file, name }: SnapshotToSend,
  tell: (share: number) => void,
): Promise<Result<string, string>> {
  let id: string | null = null;
  let offset = 0;
  while (true) {
    const base64 = await pieceOf(file, offset);
    if (base64 === null) return fail('The file cannot be read: is it a folder, or was it moved?');
    const sent = await client.receiveSnapshot({ id, name, bytes: file.size, offset, base64 });
    if (!sent.ok) return fail(sent.failure.message);
    const { next, file: kept } = sent.value;
    if (next === null) return succeed(kept?.name ?? name);
    id = sent.value.id;
    offset = next;
    tell(offset / file.size);
  }
}

async function pieceOf(file: Blob, offset: number): Promise<string | null> {
  try {
    return base64Of(new Uint8Array(await file.slice(offset, offset + SNAPSHOT_PIECE_BYTES).arrayBuffer()));
  } catch {
    return null;
  }
}

/** So many characters at once can be arguments of one call in every browser. */
const RUN = 0x80_00;

function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += RUN) text += String.fromCharCode(...bytes.subarray(at, at + RUN));
  return btoa(text);
}
