// `npm test`: installs what is missing on whatever Node there is, then goes on under Node 24.
import { installMissing, runProgram } from '../electron/hosts/start/install.mjs';

try {
  await installMissing((line) => console.log(line));
  process.exitCode = await runProgram('test/run/main.ts', process.argv.slice(2));
} catch (error) {
  console.error(`npm test: ${error.message}`);
  process.exitCode = 1;
}
