import type { FileAnswer, FileQuestion } from './file-channel.ts';
import { isNoticeWish, type NoticeWish } from './notice-channel.ts';
import { isSecretsQuestion, type SecretsAnswer, type SecretsQuestion } from './secret-channel.ts';

/** Messages between the main process and the backend's process. Calls do not travel here: they have a port of their own. */
export type ToBackend =
  /** Comes with one message port: the wire of the window's page. */
  | { readonly kind: 'port' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'stop' }
  /** A file that the system, the menu or a second start named. */
  | { readonly kind: 'open-snapshot'; readonly path: string }
  | SecretsAnswer
  | FileAnswer
  /** The first line of the sample fleet's output, or null when it did not start. */
  | { readonly kind: 'sample-fleet'; readonly greeting: string | null };

export type FromBackend =
  | { readonly kind: 'ready' }
  /** The backend cannot start, and trying again would change nothing: the reason is for people. */
  | { readonly kind: 'refused'; readonly reason: string }
  | BackendWish;

/** What the backend cannot do itself. */
export type BackendWish =
  | { readonly kind: 'start-sample-fleet' }
  | { readonly kind: 'stop-sample-fleet' }
  /** The key store belongs to the main process. */
  | SecretsQuestion
  /** Notifications belong to the main process. */
  | NoticeWish
  /** Dialogs belong to the main process. */
  | FileQuestion
  /** A file that was to be opened is no snapshot, or a changed one: the reason is for people. */
  | { readonly kind: 'snapshot-refused'; readonly reason: string };

/** Facts of the start that the main process hands to the backend's process, as one argument of JSON. */
export type BackendStart = { readonly dataFolder: string };

export function isFromBackend(message: unknown): message is FromBackend {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return false;
  if (message.kind === 'refused' || message.kind === 'snapshot-refused')
    return 'reason' in message && typeof message.reason === 'string';
  if (message.kind === 'ask-secrets') return isSecretsQuestion(message);
  if (message.kind === 'notify') return isNoticeWish(message);
  if (message.kind === 'choose-file') {
    const isKnown = 'what' in message && (message.what === 'nvidia-smi' || message.what === 'snapshot');
    return isKnown && 'id' in message && typeof message.id === 'string';
  }
  return message.kind === 'ready' || message.kind === 'start-sample-fleet' || message.kind === 'stop-sample-fleet';
}

/** Channels between the preload and the main process. There are no others. */
export const REQUEST_PORT_CHANNEL = 'tokenwatt:request-port';
export const PORT_CHANNEL = 'tokenwatt:port';
