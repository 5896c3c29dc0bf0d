import { randomUUID } from 'node:crypto';

/** A wish of the backend that the user chooses a file to read, and what was chosen. */
export type FileQuestion = { readonly kind: 'choose-file'; readonly id: string };
export type FileAnswer = { readonly kind: 'chosen-file'; readonly id: string; readonly path: string | null };

/** The part of Electron's dialogs that is needed. */
type OpenDialog = (options: {
  readonly title: string;
  readonly properties: 'openFile'[];
  readonly filters: { name: string; extensions: string[] }[];
}) => Promise<{ readonly canceled: boolean; readonly filePaths: readonly string[] }>;

const FILTERS = [
  { name: 'Output of nvidia-smi -q -x', extensions: ['xml'] },
  { name: 'All files', extensions: ['*'] },
];

/** Shows the dialog to open a file. A path comes from here alone, never from the page. */
export async function answerFile(show: OpenDialog, { id }: FileQuestion): Promise<FileAnswer> {
  const options = { title: 'Open a saved nvidia-smi file', properties: ['openFile' as const], filters: FILTERS };
  const chosen = await show(options);
  return { kind: 'chosen-file', id, path: chosen.canceled ? null : (chosen.filePaths[0] ?? null) };
}

/** The dialog as the backend's process sees it. */
export function createFileChooser(ask: (question: FileQuestion) => void): {
  readonly choose: () => Promise<string | null>;
  readonly hear: (answer: FileAnswer) => void;
} {
  const waiting = new Map<string, (path: string | null) => void>();
  return {
    choose: () =>
      new Promise((resolve) => {
        const id = randomUUID();
        waiting.set(id, resolve);
        ask({ kind: 'choose-file', id });
      }),
    hear: ({ id, path }) => {
      waiting.get(id)?.(path);
      waiting.delete(id);
    },
  };
}
