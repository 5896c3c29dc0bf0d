import { Agent as PlainAgent, request as requestPlain, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { request as requestTls } from 'node:https';
import { connect as connectPlain, type LookupFunction, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

import type { CheckedProxy } from './checked-target.ts';
import { PinningAgent } from './pinned-agent.ts';

export type ProxyPlan = {
  readonly proxy: CheckedProxy;
  readonly lookup: LookupFunction;
  readonly options: AgentOptions;
  /** Ends the tunnels that are being opened. */
  readonly signal: AbortSignal;
};

/** The code of the error by which a proxy's own refusal of a connection is known, with the proxy's `status`. */
export const proxyRefusedCode = 'TOKENWATT_PROXY_REFUSED';

/** A proxy that takes longer to connect on, ms: the request that waits for it was given up long before. */
const CONNECT_MS_MAX = 10_000;

type Connected = (error: Error | null, stream: Duplex) => void;

/** Sockets to http targets by way of a proxy: the proxy itself, which reads the whole address in the request line. */
export function createPlainProxyAgent({ proxy, lookup, options }: ProxyPlan): PlainAgent {
  const agent = new PlainAgent(options);
  const to = { host: proxy.host, port: proxy.port, lookup };
  agent.createConnection = () =>
    proxy.isTls ? connectTls({ ...to, servername: proxy.host, minVersion: 'TLSv1.2' }) : connectPlain(to);
  return agent;
}

/** Sockets to https targets by way of a proxy: a tunnel that the proxy opens, and TLS with the target inside it. */
export function createTunnelAgent({ options, ...plan }: ProxyPlan): PinningAgent {
  const agent = new PinningAgent(options);
  agent.createConnection = (target: ClientRequestArgs, connected?: Connected) => {
    openTunnel({ ...plan, place: placeOf(target) }, (error, socket) => {
      if (error !== null || socket === null) connected?.(error ?? new Error('no tunnel'), undefined as never);
      else connected?.(null, connectTls({ ...(target as ConnectionOptions), socket }));
    });
    // An agent waits for the callback when it gets no socket.
    return undefined;
  };
  return agent;
}

function openTunnel(
  { proxy, lookup, signal, place }: Omit<ProxyPlan, 'options'> & { readonly place: string },
  opened: (error: Error | null, socket: Socket | null) => void,
): void {
  const authorization = proxy.authorization === null ? {} : { 'proxy-authorization': proxy.authorization };
  const request = (proxy.isTls ? requestTls : requestPlain)({
    agent: false,
    method: 'CONNECT',
    host: proxy.host,
    port: proxy.port,
    path: place,
    lookup,
    headers: { host: place, ...authorization },
    timeout: CONNECT_MS_MAX,
    signal,
  });
  request.once('connect', (response, socket, head) => {
    const status = response.statusCode ?? 0;
    // A target of TLS is silent until we speak: bytes before that are not its own.
    if (status === 200 && head.length === 0) return opened(null, socket);
    socket.destroy();
    opened(Object.assign(new Error('the proxy refused'), { code: proxyRefusedCode, status }), null);
  });
  request.once('response', (response) => {
    response.destroy();
    const status = response.statusCode ?? 0;
    opened(Object.assign(new Error('the proxy answered itself'), { code: proxyRefusedCode, status }), null);
  });
  request.once('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
  request.once('error', (error) => opened(error, null));
  request.end();
}

function placeOf({ host, port }: ClientRequestArgs): string {
  return `${host?.includes(':') === true ? `[${host}]` : host}:${port}`;
}
