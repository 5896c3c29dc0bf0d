import { dataFolderOf } from '#electron/hosts/data-folder.ts';
import { hasDisplay, openBrowser } from '#electron/hosts/open-browser.ts';
import { readRunning } from '#electron/hosts/running-file.ts';
import { newLink, presenceOf } from '#electron/hosts/server-client.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { EXIT, type CommandFailure, type ExitCode } from './exit-codes.ts';
import { silent } from './reach-backend.ts';
import type { Surroundings } from './surroundings.ts';

export type OpenCommand = { readonly data: string | null; readonly opensBrowser: boolean };

/** Prints a new link to the running server, and opens it where there is a screen. */
export async function open(
  command: OpenCommand,
  { env, out }: Surroundings,
): Promise<Result<ExitCode, CommandFailure>> {
  const running = readRunning(command.data ?? dataFolderOf(env));
  const presence = running === null ? 'gone' : await presenceOf(running);
  if (running !== null && presence === 'silent') return fail(silent(running));
  if (running === null || presence === 'gone') {
    return fail({ code: EXIT.failure, message: 'no server is running; npm start starts one' });
  }
  const url = await newLink(running);
  if (url === null) return fail({ code: EXIT.failure, message: 'the running server gives no link' });
  out(url);
  if (command.opensBrowser && hasDisplay(env, process.platform)) openBrowser(url);
  return succeed(EXIT.complete);
}
