import { Agent as PlainAgent, type Agent } from 'node:http';
import type { LookupFunction, Socket } from 'node:net';

import type { CheckedTarget } from './checked-target.ts';
import { PinningAgent } from './pinned-agent.ts';
import { createPlainProxyAgent, createTunnelAgent } from './proxy-agent.ts';

/** Sockets per origin. A target has one request under way, but one origin may serve many targets by their paths. */
const SOCKETS_PER_ORIGIN_MAX = 64;
/** Longer than any poll interval, so that a socket outlives the pause; short enough that removed targets let go. */
const SOCKET_IDLE_MS_MAX = 120_000;
/** Ways out beside the direct ones that are kept: a proxy whose password changes makes a new one. */
const PROXY_AGENTS_MAX = 32;

/**
 * All sockets read into one buffer, used again at once: Node's HTTP parser is called with the bytes here and now, and
 * copies what it hands on. Left to itself Node takes 64 KB of fresh memory for each read, and at 10,240 GPUs the
 * collector then cost more than all our own work.
 */
const READ_INTO_ONE_BUFFER = {
  buffer: Buffer.allocUnsafeSlow(64 * 1024),
  callback(this: Socket, length: number, buffer: Uint8Array): boolean {
    this.emit('data', buffer.subarray(0, length));
    return true;
  },
};

/** Sockets kept alive, by the way they go: direct or by a proxy, with TLS or without. */
export type Agents = {
  readonly agentOf: (target: CheckedTarget) => Agent;
  readonly destroy: () => void;
};

/** `attemptMs`: how long each address of a name is tried. */
export function createAgents(lookup: LookupFunction, attemptMs: number): Agents {
  const options = {
    keepAlive: true,
    maxSockets: SOCKETS_PER_ORIGIN_MAX,
    timeout: SOCKET_IDLE_MS_MAX,
    // Node gives each address of a name 250 ms, too little for a link with seconds of latency.
    autoSelectFamilyAttemptTimeout: attemptMs,
  };
  // An agent hands its options on to its sockets, though its type names only some of theirs.
  const plainOptions = { ...options, onread: READ_INTO_ONE_BUFFER };
  const plain = new PlainAgent(plainOptions);
  const tls = new PinningAgent(options);
  const byProxy = new Map<string, Agent>();
  const ending = new AbortController();

  const proxyAgentOf = ({ isTls, proxy }: CheckedTarget & { readonly proxy: NonNullable<CheckedTarget['proxy']> }) => {
    const key = `${isTls} ${proxy.place} ${proxy.isTls} ${proxy.authorization}`;
    const known = byProxy.get(key);
    if (known !== undefined) return known;
    const [oldest] = byProxy;
    if (oldest !== undefined && byProxy.size >= PROXY_AGENTS_MAX) {
      byProxy.delete(oldest[0]);
      oldest[1].destroy();
    }
    const plan = { proxy, lookup, options, signal: ending.signal };
    const agent = isTls ? createTunnelAgent(plan) : createPlainProxyAgent(plan);
    byProxy.set(key, agent);
    return agent;
  };

  return {
    agentOf: (target) => {
      if (target.proxy !== null) return proxyAgentOf({ ...target, proxy: target.proxy });
      return target.isTls ? tls : plain;
    },
    destroy: () => {
      ending.abort();
      for (const agent of [plain, tls, ...byProxy.values()]) agent.destroy();
    },
  };
}
