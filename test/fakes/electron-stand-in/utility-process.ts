import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ForkOptions, UtilityProcess as RealProcess } from 'electron';
import { isCarried, PortRoom, type MessagePortMain } from './message-ports.ts';

/** Living utility processes with the names they were given. */
export const utilityProcesses = new Set<UtilityProcess>();

const CHILD = fileURLToPath(new URL('utility-child.ts', import.meta.url));

/** Electron's utility process as a real process of Node, with `process.parentPort` inside. */
export class UtilityProcess extends EventEmitter implements Pick<RealProcess, 'kill' | 'pid' | 'stdout' | 'stderr'> {
  readonly serviceName: string;
  readonly #child: ChildProcess;
  readonly #room: PortRoom;

  static fork(modulePath: string, args: string[] = [], options: ForkOptions = {}): UtilityProcess {
    return new UtilityProcess(modulePath, args, options);
  }

  private constructor(modulePath: string, args: string[], options: ForkOptions) {
    super();
    this.serviceName = options.serviceName ?? 'Node Utility Process';
    const [, output = 'inherit', errors = 'inherit'] =
      typeof options.stdio === 'string' ? [null, stdio(options.stdio), stdio(options.stdio)] : (options.stdio ?? []);
    this.#child = fork(CHILD, [modulePath, ...args], {
      env: (options.env ?? process.env) as NodeJS.ProcessEnv,
      execArgv: options.execArgv ?? [],
      serialization: 'advanced',
      stdio: ['ignore', output, errors, 'ipc'],
    });
    this.#room = new PortRoom((message) => this.#send(message));
    utilityProcesses.add(this);
    this.#child.on('spawn', () => this.emit('spawn'));
    this.#child.on('message', (message: unknown) => {
      if (isCarried(message)) this.#room.hear(message);
      else this.emit('message', (message as { readonly data: unknown }).data);
    });
    this.#child.on('exit', (code) => {
      utilityProcesses.delete(this);
      this.#room.end();
      this.emit('exit', code ?? 1);
    });
  }

  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }
  get stdout(): NodeJS.ReadableStream | null {
    return this.#child.stdout;
  }
  get stderr(): NodeJS.ReadableStream | null {
    return this.#child.stderr;
  }

  postMessage(data: unknown, transfer: readonly MessagePortMain[] = []): void {
    this.#send({ type: 'message', data, ports: transfer.map((port) => this.#room.carry(port)) });
  }

  kill(): boolean {
    return this.#child.kill('SIGTERM');
  }

  #send(message: object): void {
    if (this.#child.connected) this.#child.send(message);
  }
}

function stdio(text: string): 'pipe' | 'ignore' | 'inherit' {
  if (text === 'pipe' || text === 'ignore' || text === 'inherit') return text;
  throw new Error(`no such stdio: ${text}`);
}
