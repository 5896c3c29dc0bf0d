import { resolve } from 'node:path';
import { checkFile } from './runner/check-file.ts';

/**
 * `npm run -s golden -- FILE...`: works out the cases of each file with the cost core and prints every figure beside the
 * expected one. Exits with 1 unless all agree; see README.md.
 */
const paths = process.argv.slice(2);
if (paths.length === 0) console.error('Give one or more files of cases: npm run -s golden -- FILE...');
// npm runs a script in the project's folder, and says here where it was called from: paths are meant from there.
const calledFrom = process.env['INIT_CWD'] ?? process.cwd();
const outcomes = paths.map((path) => checkFile(resolve(calledFrom, path)));
for (const { lines } of outcomes) console.log(lines.join('\n'));
const isGood = outcomes.length > 0 && outcomes.every((outcome) => outcome.isGood);
process.exitCode = isGood ? 0 : 1;
