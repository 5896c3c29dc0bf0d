import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { answerOf, serveBackend, type ServedBackend } from './serve-backend.ts';

/** One GPU behind two exporters: dcgm-exporter with its energy counter, and one that asks nvidia-smi. */
const PAGES: Readonly<Record<string, string>> = {
  '/dcgm/metrics':
    'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="0",UUID="GPU-a",Hostname="n1"} 5000000\n' +
    'DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-a",Hostname="n1"} 400\n',
  '/smi/metrics': 'nvidia_smi_power_draw_watts{uuid="a"} 401\n',
};

let server: Server;
let backend: ServedBackend;
const urlOf = (page: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${page}`;

beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(PAGES[request.url ?? ''] ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sources = Object.keys(PAGES).map((page) => ({
    kind: 'scrape' as const,
    name: page,
    targets: [{ url: urlOf(page), labels: {} }],
  }));
  backend = await serveBackend({ pollSeconds: 1, sources });
});

afterAll(async () => {
  await backend.stop();
  server.close();
});

it('M10 a GPU behind two exporters is told by one, and the other says by which and why', async () => {
  await vi.waitFor(
    async () => {
      const health = await answerOf(backend.client.sourceHealth({}));
      const told = new Map(health.map(({ name, targets }) => [name, targets[0]]));
      expect(told.get('/dcgm/metrics')).toMatchObject({ state: 'fresh', reason: null });
      expect(told.get('/smi/metrics')).toMatchObject({
        state: 'fresh',
        reason: `1 GPU: facts come from ${urlOf('/dcgm/metrics')}: it has the energy counter`,
      });
    },
    { timeout: 60_000, interval: 300 },
  );
});
