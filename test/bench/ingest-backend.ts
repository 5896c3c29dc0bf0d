import { configSchema } from '#backend/config.ts';
import { createBackend } from '#backend/create-backend.ts';

/** The backend alone in a process, polling what a service-discovery document lists: `<document> <data folder> <poll s>`. */
const [document = '', dataFolder = '', pollSeconds = '10'] = process.argv.slice(2);
const source = { kind: 'discovery', name: 'load fleet', url: document };
const made = await createBackend({
  host: 'server',
  dataFolder,
  config: configSchema.parse({ pollSeconds: Number(pollSeconds), sources: [source] }),
  startSampleFleet: () => Promise.reject(new Error('a source is configured')),
  log: (line) => console.error(line),
});
if (!made.ok) throw new Error(made.failure.message);
console.log('ready');
process.once('SIGTERM', () => void made.value.stop().then(() => process.exit(0)));
