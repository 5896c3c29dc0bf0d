import { EventEmitter } from 'node:events';
import type { MessageChannelMain as RealChannel, MessagePortMain as RealPort } from 'electron';

/** What travels between processes for a port that was sent away: its number says which. */
export type CarriedMessage =
  | { readonly type: 'port-message'; readonly port: number; readonly data: unknown }
  | { readonly type: 'port-close'; readonly port: number };

type Away = { deliver(data: unknown): void; close(): void };

/** Electron's MessagePortMain: waits for `start`, loses no message before it, tells the other end when it closes. */
export class MessagePortMain extends EventEmitter implements Pick<RealPort, 'postMessage' | 'start' | 'close'> {
  peer: MessagePortMain | null = null;
  #waiting: unknown[] = [];
  #hasStarted = false;
  #away: Away | null = null;

  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0) throw new Error('the stand-in carries no ports over ports');
    this.peer?.receive(structuredClone(message));
  }

  start(): void {
    this.#hasStarted = true;
    for (const data of this.#waiting.splice(0)) this.receive(data);
  }

  close(): void {
    const { peer } = this;
    this.peer = null;
    peer?.peerClosed();
  }

  /** From now on this end lives in another process or page. */
  sendAway(away: Away): void {
    if (this.#away !== null) throw new Error('a port can be sent away once');
    this.#away = away;
    for (const data of this.#waiting.splice(0)) away.deliver(data);
  }

  receive(data: unknown): void {
    if (this.#away !== null) this.#away.deliver(data);
    else if (this.#hasStarted) setImmediate(() => this.emit('message', { data, ports: [] }));
    else this.#waiting.push(data);
  }

  peerClosed(): void {
    this.peer = null;
    if (this.#away !== null) this.#away.close();
    else setImmediate(() => this.emit('close'));
  }
}

export class MessageChannelMain implements Record<keyof RealChannel, MessagePortMain> {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();
  constructor() {
    this.port1.peer = this.port2;
    this.port2.peer = this.port1;
  }
}

/** The ports whose other ends live with one process or page, by number. */
export class PortRoom {
  readonly #ports = new Map<number, MessagePortMain>();
  readonly #send: (message: CarriedMessage) => void;
  static #lastNumber = 0;

  constructor(send: (message: CarriedMessage) => void) {
    this.#send = send;
  }

  /** Sends a port away and gives its number. */
  carry(port: MessagePortMain, number = (PortRoom.#lastNumber += 1)): number {
    this.#ports.set(number, port);
    port.sendAway({
      deliver: (data) => this.#send({ type: 'port-message', port: number, data }),
      close: () => {
        this.#ports.delete(number);
        this.#send({ type: 'port-close', port: number });
      },
    });
    return number;
  }

  /** The other side's view: a port that stands for the one with this number. */
  adopt(number: number): MessagePortMain {
    const { port1, port2 } = new MessageChannelMain();
    this.carry(port2, number);
    return port1;
  }

  hear(message: CarriedMessage): void {
    const port = this.#ports.get(message.port);
    if (message.type === 'port-message') port?.peer?.receive(message.data);
    else this.#close(message.port);
  }

  /** The process or page is gone, and its ends of the ports with it. */
  end(): void {
    for (const number of this.#ports.keys()) this.#close(number);
  }

  #close(number: number): void {
    const port = this.#ports.get(number);
    this.#ports.delete(number);
    port?.close();
  }
}

export function isCarried(message: unknown): message is CarriedMessage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    (message.type === 'port-message' || message.type === 'port-close')
  );
}
