import { createHostSecrets } from '#backend/secrets/host-secrets.ts';
import type { Secrets } from '#backend/secrets/secrets.ts';
import { dataFolderOf } from '#electron/hosts/data-folder.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { EXIT, type CommandFailure, type ExitCode } from './exit-codes.ts';
import type { Surroundings } from './surroundings.ts';

export type SecretCommand = {
  readonly kind: 'secret';
  readonly data: string | null;
  readonly action: 'set' | 'remove' | 'list';
  /** Null for a list. */
  readonly name: string | null;
};

/** Keeps, removes or lists secrets of the data folder. A value comes by standard input, and is never printed. */
export async function secret(
  { data, action, name }: SecretCommand,
  { env, input, out, say }: Surroundings,
): Promise<Result<ExitCode, CommandFailure>> {
  const secrets = createHostSecrets(data ?? dataFolderOf(env), env);
  if (name === null) return await list(secrets, out);
  if (action === 'remove') return done(await secrets.remove(name));
  const value = (await input(`Value of ${name}: `)).replace(/[\r\n]+$/, '');
  if (value === '') return fail({ code: EXIT.refusedInput, message: 'the secret came empty: pipe it in, or type it' });
  const kept = done(await secrets.set(name, value));
  if (kept.ok) say((await secrets.keeping()).note);
  return kept;
}

async function list(secrets: Secrets, out: (text: string) => void): Promise<Result<ExitCode, CommandFailure>> {
  const names = await secrets.names();
  if (!names.ok) return done(names);
  if (names.value.length > 0) out(names.value.join('\n'));
  return succeed(EXIT.complete);
}

function done(result: Result<unknown, string>): Result<ExitCode, CommandFailure> {
  return result.ok ? succeed(EXIT.complete) : fail({ code: EXIT.failure, message: result.failure });
}
