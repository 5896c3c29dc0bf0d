import { randomUUID } from 'node:crypto';

type FileKind = 'nvidia-smi' | 'snapshot';

/** A wish of the backend that the user chooses a file to read, and what was chosen. */
export type FileQuestion = { readonly kind: 'choose-file'; readonly id: string; readonly what: FileKind };
export type FileAnswer = { readonly kind: 'chosen-file'; readonly id: string; readonly path: string | null };

/** The part of Electron's dialogs that is needed. */
type OpenDialog = (options: {
  readonly title: string;
  readonly properties: 'openFile'[];
  readonly filters: { name: string; extensions: string[] }[];
}) => Promise<{ readonly canceled: boolean; readonly filePaths: readonly string[] }>;

const DIALOGS: Readonly<
  Record<FileKind, { readonly title: string; readonly name: string; readonly extension: string }>
> = {
  'nvidia-smi': {
    title: 'Open a saved nvidia-smi file',
    name: 'Output of nvidia-smi -q -x',
    extension: 'xml',
  },
  snapshot: { title: 'Open a snapshot', name: 'Tokenwatt snapshot', extension: 'twsnap' },
};

/** Shows the dialog to open a file. A path comes from here alone, never from the page. */
export async function answerFile(show: OpenDialog, { id, what }: FileQuestion): Promise<FileAnswer> {
  return { kind: 'chosen-file', id, path: await chooseFile(show, what) };
}

/** The path of a chosen file; null when the dialog was closed without a choice. */
export async function chooseFile(show: OpenDialog, what: FileKind): Promise<string | null> {
  const { title, name, extension } = DIALOGS[what];
  const filters = [
    { name, extensions: [extension] },
    { name: 'All files', extensions: ['*'] },
  ];
  const chosen = await show({ title, properties: ['openFile'], filters });
  return chosen.canceled ? null : (chosen.filePaths[0] ?? null);
}

/** The dialog as the backend's process sees it. */
export function createFileChooser(ask: (question: FileQuestion) => void): {
  readonly choose: (what: FileKind) => Promise<string | null>;
  readonly hear: (answer: FileAnswer) => void;
} {
  const waiting = new Map<string, (path: string | null) => void>();
  return {
    choose: (what) =>
      new Promise((resolve) => {
        const id = randomUUID();
        waiting.set(id, resolve);
        ask({ kind: 'choose-file', id, what });
      }),
    hear: ({ id, path }) => {
      waiting.get(id)?.(path);
      waiting.delete(id);
    },
  };
}
