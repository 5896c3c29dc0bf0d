import type { BackendFailure } from '#backend/create-backend.ts';
import type { CallFailure } from '#shared/contract/backend-api.ts';
import { assertNever } from '#shared/lib/assert.ts';

/** What cron jobs and scripts branch on. Printed by `tokenwatt help`. */
export const EXIT = {
  complete: 0,
  failure: 1,
  wrongUse: 2,
  /** Done, but part of what the figures rest on was not observed. */
  dataQuality: 3,
  refusedInput: 4,
  locked: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command that could not be done: what to say, and the code to end with. */
export type CommandFailure = { readonly code: ExitCode; readonly message: string };

export function failureOfBackend({ kind, message }: BackendFailure): CommandFailure {
  switch (kind) {
    case 'locked':
      return { code: EXIT.locked, message };
    case 'bad-config':
    case 'refused':
    case 'newer-version':
      return { code: EXIT.refusedInput, message };
    case 'damaged':
    case 'failed':
      return { code: EXIT.failure, message };
    default:
      return assertNever(kind);
  }
}

export function failureOfCall({ kind, message }: CallFailure): CommandFailure {
  return { code: kind === 'bad-input' ? EXIT.wrongUse : EXIT.failure, message };
}
