// `npm start`: installs what is missing on whatever Node there is, then goes on under Node 24.
import { installMissing, runProgram } from './install.mjs';

try {
  await installMissing((line) => console.log(line));
  process.exitCode = await runProgram('electron/hosts/start/start.ts', process.argv.slice(2));
} catch (error) {
  console.error(`npm start: ${error.message}`);
  process.exitCode = 1;
}
