import { z } from 'zod';
import { fail, type Result } from '#shared/lib/result.ts';
import { CALLS, type BackendApi, type CallFailure, type CallName } from './backend-api.ts';

/** The backend's side of every wire: looks the name up as an own key, parses the input, makes the call. */
export async function dispatch(api: BackendApi, name: string, input: unknown): Promise<Result<unknown, CallFailure>> {
  if (!isCallName(name)) return fail({ kind: 'unknown-call', message: 'there is no such call' });
  const parsed = CALLS[name].safeParse(input);
  if (!parsed.success) return fail({ kind: 'bad-input', message: z.prettifyError(parsed.error).slice(0, 500) });
  const call = api[name] as (checked: unknown) => Promise<Result<unknown, CallFailure>>;
  return await call(parsed.data);
}

function isCallName(name: string): name is CallName {
  return Object.hasOwn(CALLS, name);
}
