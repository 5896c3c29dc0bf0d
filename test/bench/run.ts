import type { BenchRow } from './bench-row.ts';
import { benchIngest } from './ingest.ts';
import { benchLedger } from './ledger.ts';
import { benchNvml } from './nvml.ts';
import { benchParser } from './parser.ts';
import { benchContract, benchQueries } from './queries.ts';
import { benchReport } from './report.ts';
import { benchReprice } from './reprice.ts';
import { benchSnapshot } from './snapshot.ts';
import { benchStart } from './start.ts';
import { benchUpdates } from './updates.ts';

/** `npm run bench` measures every line, `npm run bench -- ingest start` those; see README.md for what each one is. */
const LINES: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  parser: benchParser,
  nvml: benchNvml,
  start: benchStart,
  ingest: () => benchIngest(),
  contract: () => benchContract(1024),
  reprice: () => benchReprice(),
  updates: () => benchUpdates(),
  snapshot: () => benchSnapshot(),
  ledger: () => benchLedger(),
  report: () => benchReport(),
  queries: () => benchQueries(),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(LINES, name));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}; lines are ${Object.keys(LINES).join(', ')}.`);
  process.exit(1);
}
const rows: BenchRow[] = [];
for (const [name, measure] of Object.entries(LINES)) {
  if (asked.length === 0 || asked.includes(name)) rows.push(...(await measure()));
}
console.table(rows.map(({ name, met, ...shown }) => ({ line: name, ...shown, met: wordOf(met) })));

function wordOf(met: boolean | null): string {
  if (met === null) return '';
  return met ? 'yes' : 'NO';
}
