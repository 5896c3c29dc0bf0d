import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { metricNamesRead } from '#backend/sources/sample-reader.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { BenchRow } from './bench-row.ts';
import { startChild, type Child } from './child.ts';
import { cpuSecondsOf, memoryOf } from './process-use.ts';
import { hasPrometheus, startPrometheus, type PrometheusServer } from './prometheus-server.ts';
import { openStore } from './query-fleet.ts';

const POLL_SECONDS = 10;

/** Start, first read of every layout, and two polls by which both sides have warmed up. */
const WARM_UP_SECONDS = 35;

type Fleet = { readonly targets: number; readonly gpusPerTarget: number; readonly residentTarget: number | null };

const FLEETS: readonly Fleet[] = [
  { targets: 128, gpusPerTarget: 8, residentTarget: 300 },
  { targets: 64, gpusPerTarget: 160, residentTarget: null },
];

/** What one side used and kept in the stretch that was measured. */
type Use = {
  readonly cpuSeconds: number;
  readonly resident: number;
  readonly peak: number;
  /** Share of the fleet's readings in the stretch that was stored. */
  readonly stored: number;
};

/**
 * The backend and a Prometheus server that is told to keep the same series poll the same exporters at the same time:
 * each GPU with 61 series, an engine beside each target. CPU is counted over the same stretch of time on both sides.
 */
export async function benchIngest(seconds = 60): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const fleet of FLEETS) rows.push(...(await measure(fleet, seconds)));
  return rows;
}

async function measure(fleet: Fleet, seconds: number): Promise<BenchRow[]> {
  const { targets, gpusPerTarget } = fleet;
  console.log(`ingest: ${targets} targets of ${gpusPerTarget} GPUs, ${WARM_UP_SECONDS + seconds} s`);
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-ingest-'));
  const started: { stop(): Promise<void> }[] = [];
  const start = async <Started extends { stop(): Promise<void> }>(starting: Promise<Started>): Promise<Started> => {
    const one = await starting;
    started.push(one);
    return one;
  };
  try {
    const sizes = ['--targets', String(targets), '--gpus', String(gpusPerTarget)];
    const exporters = await start(startChild('electron/sample-fleet/load-fleet-main.ts', sizes));
    const { sd } = JSON.parse(exporters.greeting) as { sd: string };
    const server = (await hasPrometheus()) ? await start(startPrometheus(folder, scrapeConfig(sd))) : null;
    const backend = await start(startChild('test/bench/ingest-backend.ts', [sd, folder, String(POLL_SECONDS)]));
    return rowsOf(fleet, seconds, await useOfBoth({ fleet, seconds, folder, server, backend }));
  } finally {
    await Promise.all(started.map((one) => one.stop()));
    await rm(folder, { recursive: true });
  }
}

type Contest = {
  readonly fleet: Fleet;
  readonly seconds: number;
  readonly folder: string;
  readonly server: PrometheusServer | null;
  readonly backend: Child;
};

type Both = { readonly ours: Use; readonly prometheus: Use | null };

async function useOfBoth({ fleet, seconds, folder, server, backend }: Contest): Promise<Both> {
  await sleep(WARM_UP_SECONDS * 1000);
  const from = epochMs(Date.now());
  const pids = [backend.pid, ...(server === null ? [] : [server.pid])];
  const before = pids.map(cpuSecondsOf);
  await sleep(seconds * 1000);
  const [ours, theirs] = pids.map((pid, index) => ({
    cpuSeconds: cpuSecondsOf(pid) - before[index]!,
    ...memoryOf(pid),
  }));
  const until = epochMs(Date.now());
  const gpus = fleet.targets * fleet.gpusPerTarget;
  // The last poll of the stretch may still be under way.
  await sleep(POLL_SECONDS * 1000);
  const samples = server === null ? 0 : await samplesOf(server, until, seconds);
  await backend.stop();
  const observed = await observedSeconds(folder, from, until);
  const prometheus = theirs && { ...theirs, stored: samples / (gpus * (seconds / POLL_SECONDS)) };
  return { ours: { ...ours!, stored: observed / (gpus * seconds) }, prometheus: prometheus ?? null };
}

/** GPU-seconds that our store holds of a stretch of time. */
async function observedSeconds(folder: string, from: EpochMs, to: EpochMs): Promise<number> {
  const store = await openStore(join(folder, 'facts.duckdb'));
  const rows = await store.gpuFacts({ window: { from, to }, by: [], stepSeconds: null, columns: ['observedSeconds'] });
  await store.close();
  return rows[0]?.sums.observedSeconds ?? 0;
}

async function samplesOf(server: PrometheusServer, until: EpochMs, seconds: number): Promise<number> {
  const expression = `sum(count_over_time(DCGM_FI_DEV_POWER_USAGE[${seconds}s]))`;
  const [series] = await server.query(expression, { at: until / 1000 });
  return Number(series?.value?.[1]);
}

/** The same exporters, pace and series as ours. JSON is YAML. */
function scrapeConfig(document: string): string {
  return JSON.stringify({
    global: { scrape_interval: `${POLL_SECONDS}s`, scrape_timeout: `${POLL_SECONDS}s` },
    scrape_configs: [
      {
        job_name: 'load',
        honor_labels: true,
        http_sd_configs: [{ url: document }],
        metric_relabel_configs: [{ source_labels: ['__name__'], regex: metricNamesRead().join('|'), action: 'keep' }],
      },
    ],
  });
}

function rowsOf({ targets, gpusPerTarget, residentTarget }: Fleet, seconds: number, both: Both): BenchRow[] {
  const { ours, prometheus } = both;
  const name = `${(targets * gpusPerTarget).toLocaleString('en')} GPUs in ${targets} targets, every ${POLL_SECONDS} s`;
  const ofCore = ({ cpuSeconds }: Use) => `${((100 * cpuSeconds) / seconds).toFixed(2)} % of a core`;
  const memory = ({ resident, peak }: Use) => `${resident.toFixed(0)} MB (peak ${peak.toFixed(0)})`;
  const stored = (use: Use) => `${(100 * use.stored).toFixed(1)} %`;
  const shown = (text: (use: Use) => string) => (prometheus === null ? 'not installed' : text(prometheus));
  const ratio = (of: (use: Use) => number) => (prometheus === null ? null : of(ours) / of(prometheus));
  const cpuRatio = ratio((use) => use.cpuSeconds);
  return [
    {
      name: `CPU to stored facts, ${name}`,
      ours: ofCore(ours),
      reference: shown(ofCore),
      ratio: cpuRatio?.toFixed(2) ?? '',
      target: '<= 0.5',
      met: cpuRatio === null ? null : cpuRatio <= 0.5,
    },
    {
      name: `memory, ${name}`,
      ours: memory(ours),
      reference: shown(memory),
      ratio: ratio((use) => use.resident)?.toFixed(2) ?? '',
      target: residentTarget === null ? '' : `< ${residentTarget} MB`,
      met: residentTarget === null ? null : ours.resident < residentTarget,
    },
    {
      name: `stored of the stretch, ${name}`,
      ours: stored(ours),
      reference: shown(stored),
      ratio: '',
      target: '>= 99 %',
      met: ours.stored >= 0.99,
    },
  ];
}

if (import.meta.main) console.table(await benchIngest(Number(process.argv[2] ?? 60)));
