import { registerHooks } from 'node:module';
import { runInThisContext } from 'node:vm';

/** `node --import register.ts main.js`: runs a main process with the stand-in in Electron's place, and listens to a test. */
const url = new URL('electron.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url, shortCircuit: true } : next(specifier, context),
});

const electron = await import('./electron.ts');
const { debugAddress } = await import('./chromium.ts');

type Asked = { readonly id: number; readonly source: string; readonly argument: unknown };

/** As Playwright's `electronApplication.evaluate`: the test's function runs here, with the module as first argument. */
process.on('message', (asked: Asked) => void answer(asked));
process.on('disconnect', () => electron.app.quit());

async function answer({ id, source, argument }: Asked): Promise<void> {
  try {
    const ask = runInThisContext(`(${source})`) as (module: unknown, argument: unknown) => unknown;
    process.send?.({ id, value: await ask({ ...electron, debugAddress }, argument) });
  } catch (error) {
    process.send?.({ id, error: String(error) });
  }
}

// Electron loads the whole main module before it is ready.
setTimeout(() => electron.app.becomeReady(), 0);
