import { fileURLToPath } from 'node:url';
import { EXIT } from '#electron/hosts/cli/exit-codes.ts';
import { endProcess, runInProcess } from '#electron/hosts/cli/run-process.ts';
import { hasDisplay } from '#electron/hosts/open-browser.ts';
import { buildMissing, RENDERER_BUILD, WINDOW_BUILD } from './build-missing.ts';
import { chooseHost, type HostChoice } from './choose-host.ts';
import { fetchElectron, hasFailedToFetch } from './fetch-electron.ts';
import { findElectron } from './find-electron.ts';
import { runProgram } from './run-program.ts';

/** `npm start` after the packages are there: builds what is missing and starts the window or the server. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const say = (line: string) => console.log(line);

endProcess((await start(process.argv.slice(2))) === 0 ? EXIT.complete : EXIT.failure);

async function start(args: readonly string[]): Promise<number | null> {
  if (!(await buildMissing(ROOT, [RENDERER_BUILD], say))) return EXIT.failure;
  const choice = await settledChoice();
  if (choice.kind === 'window') return await startWindow(choice.electron, args);
  say(choice.why);
  const code = await runInProcess(['serve', ...args]);
  // One that runs already is joined.
  return code === EXIT.locked ? await runInProcess(['open']) : code;
}

type Settled = Exclude<HostChoice, { readonly kind: 'fetch-electron' }>;

async function settledChoice(): Promise<Settled> {
  const choice = choose(hasFailedToFetch(ROOT));
  if (choice.kind !== 'fetch-electron') return choice;
  say('Fetching Electron, once…');
  const settled = choose(!(await fetchElectron(ROOT)));
  if (settled.kind !== 'fetch-electron') return settled;
  return {
    kind: 'server',
    why: 'Electron was fetched but is not where it should be; npx install-electron may mend it.',
  };
}

function choose(hasFailed: boolean): HostChoice {
  return chooseHost({
    hasDisplay: hasDisplay(process.env, process.platform),
    electron: findElectron(ROOT, process.env),
    hasFailedToFetch: hasFailed,
  });
}

async function startWindow(electron: string, args: readonly string[]): Promise<number | null> {
  if (!(await buildMissing(ROOT, [WINDOW_BUILD], say))) return EXIT.failure;
  return await runProgram(electron, [ROOT, ...args], { cwd: ROOT });
}
