import { checkFile } from './runner/check-file.ts';

/**
 * `npm run -s golden -- FILE...`: works out the cases of each file with the cost core and prints every figure beside the
 * expected one. Exits with 1 unless all agree; see README.md.
 */
const paths = process.argv.slice(2);
if (paths.length === 0) console.error('Give one or more files of cases: npm run -s golden -- FILE...');
const outcomes = paths.map((path) => checkFile(path));
for (const { lines } of outcomes) console.log(lines.join('\n'));
const isGood = outcomes.length > 0 && outcomes.every((outcome) => outcome.isGood);
process.exitCode = isGood ? 0 : 1;
