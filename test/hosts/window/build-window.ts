import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, createBuilder } from 'vite';

const repository = new URL('../../../', import.meta.url);
const pathOf = (path: string): string => fileURLToPath(new URL(path, repository));

/** Builds what the app runs from: main, preload and backend always, the screens unless they are there. */
export async function buildWindow(): Promise<void> {
  const configFile = pathOf('electron/hosts/window/vite.config.ts');
  const builder = await createBuilder({ configFile, logLevel: 'warn' });
  await builder.buildApp();
  if (existsSync(pathOf('dist/renderer/index.html'))) return;
  await build({ configFile: pathOf('renderer/vite.config.ts'), logLevel: 'warn' });
}
