import { endProcess, runInProcess } from './run-process.ts';

/** The command line: `npm run -s tokenwatt -- help`. */
endProcess(await runInProcess(process.argv.slice(2)));
