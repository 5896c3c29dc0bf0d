import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { sendSnapshot } from '#renderer/backend/send-snapshot.ts';
import { droppedSnapshot, keptName } from './dropped-snapshot.ts';
import { leaveWith } from './leave-guard.ts';

/** What happens with a file that is dragged over the page, or was dropped on it. */
export type DropState =
  | { readonly kind: 'over' }
  | { readonly kind: 'sending'; readonly name: string; readonly share: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** Opens a snapshot that is dropped anywhere on the page; null while there is nothing to say. */
export function useSnapshotDrop(): { readonly state: DropState | null; readonly dismiss: () => void } {
  const { client } = useBackend();
  const cache = useQueryClient();
  const [state, setState] = useState<DropState | null>(null);
  const isSending = state?.kind === 'sending';

  useEffect(() => {
    const refuse = (reason: string): void => setState({ kind: 'refused', reason });
    const open = async (file: File): Promise<void> => {
      const show = (share: number): void => setState({ kind: 'sending', name: file.name, share });
      show(0);
      const sent = await sendSnapshot(client, { file, name: keptName(file.name) }, show);
      if (!sent.ok) return refuse(sent.failure);
      const opened = await client.openSnapshot({ name: sent.value });
      if (!opened.ok) return refuse(opened.failure.message);
      setState(null);
      void cache.invalidateQueries();
    };
    const drop = (files: readonly File[]): void => {
      const dropped = droppedSnapshot(files);
      if (!dropped.ok) return refuse(dropped.failure);
      setState(null);
      // Another fleet comes under what is not saved on this page: its reader is asked first.
      leaveWith(() => void open(dropped.value));
    };
    return listenForFiles({
      over: () => setState((now) => (now?.kind === 'over' || now?.kind === 'sending' ? now : { kind: 'over' })),
      left: () => setState((now) => (now?.kind === 'over' ? null : now)),
      drop: (files) => !isSending && drop(files),
    });
  }, [client, cache, isSending]);

  return { state, dismiss: () => setState(null) };
}

type FileHearers = {
  readonly over: () => void;
  readonly left: () => void;
  readonly drop: (files: readonly File[]) => void;
};

/** Hears files that are dragged over the page; text and links that are dragged stay the browser's. Returns how to stop. */
function listenForFiles({ over, left, drop }: FileHearers): () => void {
  const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true;
  const listening = new AbortController();
  const on = (name: 'dragenter' | 'dragover' | 'dragleave' | 'drop', hear: (event: DragEvent) => void): void => {
    const heard = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      // A browser would leave the page for the file.
      event.preventDefault();
      hear(event);
    };
    window.addEventListener(name, heard, { signal: listening.signal });
  };
  on('dragenter', over);
  on('dragover', ({ dataTransfer }) => {
    over();
    if (dataTransfer !== null) dataTransfer.dropEffect = 'copy';
  });
  // Between two elements of the page there is a next one; out of the window there is none.
  on('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) left();
  });
  on('drop', ({ dataTransfer }) => drop([...(dataTransfer?.files ?? [])]));
  return () => listening.abort();
}
