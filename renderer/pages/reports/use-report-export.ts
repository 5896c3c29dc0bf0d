import { useRef, useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import type { BackendClient } from '#shared/contract/client.ts';
import type { CallInput } from '#shared/contract/backend-api.ts';
import type { ExportedName, ExportStatus } from '#shared/contract/report-calls-schema.ts';

/** Where an export stands. */
export type ExportState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly step: string; readonly share: number }
  | { readonly kind: 'saved'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'ended'; readonly message: string; readonly isCancelled: boolean };

type ReportExport = {
  readonly state: ExportState;
  readonly start: (ask: CallInput['exportReport']) => void;
  readonly cancel: () => void;
};

/** Has a report written, follows it, and hands the file to the reader: nothing is left on the server. */
export function useReportExport(): ReportExport {
  const { client } = useBackend();
  const [state, setState] = useState<ExportState>({ kind: 'idle' });
  const running = useRef<string | null>(null);

  async function run(ask: CallInput['exportReport']): Promise<void> {
    setState({ kind: 'running', step: 'beginning', share: 0 });
    const begun = await client.exportReport({ ...ask, isOneFile: true });
    if (!begun.ok) return setState({ kind: 'ended', message: begun.failure.message, isCancelled: false });
    const { id } = begun.value;
    running.current = id;
    const ended = await followed(client, id, ({ step, share }) => setState({ kind: 'running', step, share }));
    running.current = null;
    const [file] = ended.files;
    if (ended.state !== 'done' || file === undefined) {
      return setState({ kind: 'ended', message: ended.step, isCancelled: ended.state === 'cancelled' });
    }
    setState({ kind: 'running', step: 'fetching the file', share: 1 });
    const fetched = await bytesOf(client, id, file);
    if (typeof fetched === 'string') return setState({ kind: 'ended', message: fetched, isCancelled: false });
    saveAs(file.name, fetched);
    setState({ kind: 'saved', name: file.name, bytes: file.bytes });
  }

  return {
    state,
    start: (ask) => void run(ask),
    cancel: () => {
      if (running.current !== null) void client.cancelExport({ id: running.current });
    },
  };
}

const LOST: ExportStatus = { revision: 0, state: 'failed', step: '', share: 0, files: [], about: null };

async function followed(
  client: BackendClient,
  id: string,
  tell: (status: ExportStatus) => void,
): Promise<ExportStatus> {
  let seen = 0;
  while (true) {
    const status = await client.exportStatus({ id, seen });
    if (!status.ok) return { ...LOST, step: status.failure.message };
    if (status.value.state !== 'running') return status.value;
    seen = status.value.revision;
    tell(status.value);
  }
}

/** The bytes of a file, or why they did not come. */
async function bytesOf(
  client: BackendClient,
  id: string,
  { name }: ExportedName,
): Promise<readonly Uint8Array<ArrayBuffer>[] | string> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let offset: number | null = 0;
  while (offset !== null) {
    const piece = await client.exportedFile({ id, name, offset });
    if (!piece.ok) return piece.failure.message;
    pieces.push(Uint8Array.from(atob(piece.value.base64), (character) => character.charCodeAt(0)));
    offset = piece.value.next;
  }
  return pieces;
}

/** Long enough for a browser to have taken the bytes over. */
const RELEASE_MS = 60_000;

function saveAs(name: string, pieces: readonly Uint8Array<ArrayBuffer>[]): void {
  const address = URL.createObjectURL(new Blob([...pieces], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), RELEASE_MS);
}
