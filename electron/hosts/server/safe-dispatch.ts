import { dispatch } from '#shared/contract/dispatch.ts';
import type { BackendApi, CallFailure } from '#shared/contract/backend-api.ts';
import { fail, type Result } from '#shared/lib/result.ts';

export type SafeDispatch = (name: string, input: unknown) => Promise<Result<unknown, CallFailure>>;

/** `dispatch` for a host: a mistake of ours is logged here, and the asker learns only that the call failed. */
export function createSafeDispatch(api: BackendApi, log: (line: string) => void): SafeDispatch {
  return async (name, input) => {
    try {
      return await dispatch(api, name, input);
    } catch (cause) {
      log(`a call failed: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
      return fail({ kind: 'failed', message: 'Tokenwatt could not answer this; its log says why' });
    }
  };
}
