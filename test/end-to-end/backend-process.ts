import { createBackend } from '#backend/create-backend.ts';

// A backend as a process of its own: polls what config.json in the data folder names, until told to stop or killed.
const [dataFolder = ''] = process.argv.slice(2);

const made = await createBackend({
  host: 'server',
  dataFolder,
  startSampleFleet: () => Promise.reject(new Error('this backend has sources of its own')),
  log: say,
});
if (made.ok) {
  process.once('SIGTERM', () => void made.value.stop().then(() => process.exit(0)));
} else {
  say(`${made.failure.kind}: ${made.failure.message}`);
  process.exitCode = 1;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
