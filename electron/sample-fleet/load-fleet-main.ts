import { parseArgs } from 'node:util';

import { epochMs } from '#shared/time/instant.ts';

import { startLoadFleet } from './load-fleet.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    targets: { type: 'string', default: '128' },
    gpus: { type: 'string', default: '8' },
    engines: { type: 'string', default: 'true' },
  },
});
const server = await startLoadFleet({
  port: Number(values.port),
  targets: Number(values.targets),
  gpusPerTarget: Number(values.gpus),
  hasEngines: values.engines === 'true',
  now: () => epochMs(Date.now()),
});
process.stdout.write(`${JSON.stringify({ url: server.url, sd: `${server.url}/sd` })}\n`);
const stop = () => void server.close().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
