import { spawn } from 'node:child_process';

type Env = Readonly<Record<string, string | undefined>>;

/** Whether somebody sits before a screen of this machine: a build server's virtual display does not count. */
export function hasDisplay(env: Env, platform: NodeJS.Platform): boolean {
  if (env['CI'] !== undefined && env['CI'] !== '' && env['CI'] !== 'false') return false;
  if (platform === 'darwin' || platform === 'win32') return true;
  return [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((name) => name !== undefined && name !== '');
}

/** The program that opens an address in the user's browser, by platform, and what comes before the address. */
export function browserOpener(platform: NodeJS.Platform): readonly [program: string, ...arguments: string[]] {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return ['xdg-open'];
}

/** Opens an address in the user's browser if it can; the address is printed anyway, so a failure is not said. */
export function openBrowser(url: string): void {
  const [program, ...before] = browserOpener(process.platform);
  const child = spawn(program, [...before, url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
