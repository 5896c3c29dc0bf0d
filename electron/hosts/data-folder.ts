import { homedir } from 'node:os';
import { join } from 'node:path';

type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
};

/**
 * The folder of config.json, the fact store and running.json: TOKENWATT_HOME where set, else the platform's place for
 * application data. A relative XDG_DATA_HOME is ignored, as the XDG base directory specification asks.
 */
export function dataFolderOf(env: Surroundings['env']): string {
  return dataFolderIn({ env, platform: process.platform, home: homedir() });
}

/** As `dataFolderOf`, with the platform and the home folder given. */
export function dataFolderIn({ env, platform, home }: Surroundings): string {
  const own = env['TOKENWATT_HOME'];
  if (own !== undefined && own !== '') return own;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Tokenwatt');
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Tokenwatt');
  const xdg = env['XDG_DATA_HOME'];
  return join(xdg?.startsWith('/') === true ? xdg : join(home, '.local', 'share'), 'tokenwatt');
}
