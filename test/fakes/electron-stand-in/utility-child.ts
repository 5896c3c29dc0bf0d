import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import { isCarried, PortRoom } from './message-ports.ts';

/** First code of a utility process: puts `process.parentPort` in place of Node's own channel, then runs the module. */
const send = process.send?.bind(process);
if (send === undefined) throw new Error('run by the stand-in only');
const room = new PortRoom((message) => send(message));
const parentPort = new EventEmitter();
Object.assign(parentPort, { postMessage: (data: unknown) => send({ type: 'message', data }) });
Object.assign(process, { parentPort, type: 'utility', send: undefined });
const early: unknown[] = [];
process.on('message', hear);
// What comes before the module listens waits for it, as in Electron.
parentPort.on('newListener', (name) => {
  if (name === 'message') setImmediate(() => early.splice(0).forEach(hear));
});
// The real ones end with the app, however it ends.
process.on('disconnect', () => process.exit(0));

process.argv.splice(1, 1);
const [, entry] = process.argv;
await import(pathToFileURL(entry ?? '').href);

function hear(message: unknown): void {
  if (isCarried(message)) return room.hear(message);
  if (parentPort.listenerCount('message') === 0) return void early.push(message);
  const { data, ports } = message as { readonly data: unknown; readonly ports: readonly number[] };
  parentPort.emit('message', { data, ports: ports.map((number) => room.adopt(number)) });
}
