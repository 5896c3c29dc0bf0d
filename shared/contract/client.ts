import type { Result } from '#shared/lib/result.ts';
import { CALLS, type Answers, type CallFailure, type CallInput, type CallName } from './backend-api.ts';
import type { Transport } from './transport.ts';

export type BackendClient = {
  readonly [Name in CallName]: (input: CallInput[Name]) => Promise<Result<Answers[Name], CallFailure>>;
};

/** A typed client over any wire: one function per call of the table. */
export function createClient(transport: Transport): BackendClient {
  const calls = Object.keys(CALLS).map((name) => [name, (input: unknown) => transport.call(name, input)]);
  // The one place where the wire's untyped answer takes its type: the backend's side is checked by the compiler.
  return Object.fromEntries(calls) as BackendClient;
}
