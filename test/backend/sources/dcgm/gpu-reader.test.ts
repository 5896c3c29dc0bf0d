import { describe, expect, test } from 'vitest';

import { matrixIn } from '#backend/sources/prometheus/server-api.ts';
import { createMatrixReader } from '#backend/sources/prometheus/matrix-to-scrapes.ts';
import { capture, hasCaptures, readText } from '../read-text.ts';

/** One GPU's lines: field and value, with labels after the UUID as written. */
function gpuLines(fields: Readonly<Record<string, number | string>>, labels = ''): string {
  const lines = Object.entries(fields).map(
    ([field, value]) => `DCGM_FI_${field}{gpu="0",UUID="GPU-a"${labels}} ${value}`,
  );
  return `${lines.join('\n')}\n`;
}
const one = (fields: Readonly<Record<string, number | string>>, labels = '') =>
  readText(gpuLines(fields, labels)).gpus[0]!;

describe.skipIf(!hasCaptures)('real captures (../shared/data)', () => {
  test('a GB200 tray: four GPUs, no energy counter, no profiling', () => {
    const { gpus, engines, problems } = readText(capture('gpu/dcgm-exporter_gb200x4_580.105.05.prom'));
    expect([gpus.length, engines.length, problems.length]).toEqual([4, 0, 0]);
    expect(gpus[0]).toMatchObject({
      gpu: 'GPU-c8edd83a-7dc2-4667-5639-a30a879048ae',
      sku: 'NVIDIA GB200',
      node: 'lyris0073.lyris.clusters.nvidia.com',
      driverVersion: '580.105.05',
      workloads: [],
      powerWatts: 170.582,
      energyCounterJoules: null,
      smActive: null,
      utilisation: 0,
      smClockHertz: 120e6,
      memoryUsedBytes: 16 * 1024 * 1024,
      temperatureCelsius: 28,
      xid: 0,
    });
  });

  test('eight H100 under Kubernetes: one GPU belongs to a pod, seven to nobody', () => {
    const { gpus } = readText(capture('gpu/dcgm-exporter_h100x8-k8s_580.105.08_partial.prom'));
    expect(gpus.map((gpu) => gpu.workloads[0]?.pod ?? null)).toEqual([
      'vllm-agg-0-vllmdecodeworker-s65j5',
      ...Array.from({ length: 7 }, () => null),
    ]);
    expect(gpus[0]!.workloads[0]?.namespace).toBe('dynamo-workload');
  });

  test('a server with honor_labels: idle GPUs carry the exporter as their pod, and are not billed to it', () => {
    const matrix = matrixIn(Buffer.from(capture('gpu/prometheus-query_dcgm-power-usage_h100x8-k8s_580.105.08.json')));
    if (!matrix.ok) throw new Error(matrix.failure.message);
    const gpus = createMatrixReader()
      .scrapesOf(matrix.value.series)
      .flatMap((scrape) => scrape.gpus);
    expect(gpus).toHaveLength(16);
    const held = gpus.filter((gpu) => gpu.workloads.length > 0);
    expect(held.map((gpu) => [gpu.node, gpu.index, gpu.workloads[0]?.namespace])).toEqual([
      ['gpu-node-1', '0', 'dynamo-workload'],
    ]);
  });

  test('an A100 with MIG: one card, its power and energy once', () => {
    const { gpus } = readText(capture('gpu/dcgm-exporter_a100-mig_k8s_partial.prom'));
    expect(gpus).toHaveLength(1);
    expect(gpus[0]).toMatchObject({ powerWatts: 409.692, energyCounterJoules: 319_159.391, node: 'ub20-a100-k8s' });
    expect(gpus[0]!.utilisation).toBeCloseTo(0.99563, 9);
  });
});

describe('fields and units', () => {
  test('the names of DCGM 4.6 read as the old ones', () => {
    const old = one({
      DEV_TOTAL_ENERGY_CONSUMPTION: 5_000_000,
      DEV_POWER_USAGE: 612.5,
      DEV_ENFORCED_POWER_LIMIT: 1000,
      DEV_GPU_UTIL: 97,
      PROF_SM_ACTIVE: 0.5,
      PROF_PIPE_TENSOR_ACTIVE: 0.25,
      PROF_DRAM_ACTIVE: 0.125,
      DEV_SM_CLOCK: 1965,
      DEV_GPU_TEMP: 61,
      DEV_XID_ERRORS: 13,
    });
    const renamed = one({
      DEV_GPU_ENERGY_JOULES_TOTAL: 5000,
      DEV_BOARD_POWER_WATTS: 612.5,
      DEV_BOARD_POWER_LIMIT_ENFORCED_WATTS: 1000,
      DEV_GPU_UTIL_RATIO: 97,
      PROF_SM_UTIL_RATIO: 0.5,
      PROF_TENSOR_UTIL_RATIO: 0.25,
      PROF_DRAM_UTIL_RATIO: 0.125,
      DEV_SM_CLOCK_HERTZ: 1965e6,
      DEV_GPU_TEMP_CELSIUS: 61,
      DEV_XID_ERROR: 13,
    });
    expect(renamed).toEqual(old);
    expect(old).toMatchObject({
      energyCounterJoules: 5000,
      powerWatts: 612.5,
      utilisation: 0.97,
      smClockHertz: 1965e6,
    });
  });

  test('two names of one reading are never added: millijoules stay preferred over joules', () => {
    expect(one({ DEV_TOTAL_ENERGY_CONSUMPTION: 7000, DEV_GPU_ENERGY_JOULES_TOTAL: 7 }).energyCounterJoules).toBe(7);
  });

  test.each([
    ['9223372036854775794', 'DEV_TOTAL_ENERGY_CONSUMPTION', 'energyCounterJoules'],
    ['2147483634', 'DEV_GPU_TEMP', 'temperatureCelsius'],
    ['140737488355330', 'DEV_POWER_USAGE', 'powerWatts'],
  ] as const)('M03 the blank %s is no number and no trouble', (blank, field, reading) => {
    const { gpus, problems } = readText(gpuLines({ [field]: blank, DEV_FB_USED: 1 }));
    expect([gpus[0]![reading], problems]).toEqual([null, []]);
  });

  test.each([
    ['M02 NaN', { DEV_POWER_USAGE: 'NaN' }, 'powerWatts', /POWER_USAGE of GPU-a is NaN/],
    ['M02 infinity', { DEV_TOTAL_ENERGY_CONSUMPTION: '+Inf' }, 'energyCounterJoules', /is Infinity/],
    ['M02 a negative power', { DEV_POWER_USAGE: -3 }, 'powerWatts', /is -3, below zero/],
    ['M04 milliwatts', { DEV_POWER_USAGE: 612_500 }, 'powerWatts', /reads 612500, above 2500: check the unit/],
    [
      'M04 more than 1.5 times the limit',
      { DEV_POWER_USAGE: 1501, DEV_POWER_MGMT_LIMIT: 1000 },
      'powerWatts',
      /above 1500/,
    ],
    ['M04 a limit in milliwatts', { DEV_POWER_MGMT_LIMIT: 1e6 }, 'powerLimitWatts', /limit.*above 10000/],
    ['M04 a share in percent', { PROF_SM_ACTIVE: 55 }, 'smActive', /smActive of GPU-a reads 55/],
  ] as const)('%s is held out with a reason', (_, fields, reading, reason) => {
    const { gpus, problems } = readText(gpuLines({ ...fields, DEV_FB_USED: 1 }));
    expect(gpus[0]![reading]).toBeNull();
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringMatching(reason)]);
  });

  test('power over the limit for a moment is real', () => {
    expect(one({ DEV_POWER_USAGE: 1400, DEV_POWER_MGMT_LIMIT: 1000 }).powerWatts).toBe(1400);
  });
});

describe('rows of type label, and the same as values', () => {
  const CLUSTER = 'a1b2c3d4-0000-4000-8000-000000000007';

  test.each([
    ['old names', ',DCGM_FI_DRIVER_VERSION="580.1",DCGM_FI_DEV_SERIAL="165"'],
    ['names of DCGM 4.6', ',DCGM_FI_SYSTEM_DRIVER_VERSION="580.1",DCGM_FI_DEV_BOARD_SERIAL="165"'],
  ])('tell driver, CUDA, board, NVLink domain and tray (%s)', (_, names) => {
    const place =
      `,DCGM_FI_CUDA_DRIVER_VERSION="13000",DCGM_FI_DEV_FABRIC_CLUSTER_UUID="${CLUSTER}",DCGM_FI_DEV_FABRIC_CLIQUE_ID="3"` +
      ',DCGM_FI_DEV_PLATFORM_CHASSIS_SERIAL_NUMBER="182",DCGM_FI_DEV_PLATFORM_CHASSIS_SLOT_NUMBER="14"' +
      ',DCGM_FI_DEV_PLATFORM_TRAY_INDEX="4",DCGM_FI_DEV_PLATFORM_HOST_ID="1"';
    expect(one({ DEV_FB_USED: 1 }, names + place)).toMatchObject({
      driverVersion: '580.1',
      cudaVersion: '13.0',
      boardSerial: '165',
      domain: `${CLUSTER}/3`,
      tray: 'chassis 182, slot 14, host 1',
      moduleWatts: null,
    });
  });

  test('tell place and CUDA as values too', () => {
    const values = {
      DEV_FABRIC_CLIQUE_ID: 3,
      DEV_PLATFORM_CHASSIS_SLOT_NUMBER: 14,
      DEV_PLATFORM_TRAY_INDEX: 4,
      DEV_PLATFORM_HOST_ID: 1,
    };
    const labels = `,DCGM_FI_DEV_FABRIC_CLUSTER_UUID="${CLUSTER}",DCGM_FI_DEV_PLATFORM_CHASSIS_SERIAL_NUMBER="182"`;
    const read = readText(
      gpuLines(values, labels) + `DCGM_FI_CUDA_DRIVER_VERSION{gpu="0",UUID="GPU-a"${labels}} 12080\n`,
    );
    expect(read.gpus).toEqual([
      expect.objectContaining({ domain: `${CLUSTER}/3`, tray: 'chassis 182, slot 14, host 1', cudaVersion: '12.8' }),
    ]);
    expect(read.problems).toEqual([]);
  });

  test('M03 that are blank tell nothing', () => {
    const blanks =
      ',DCGM_FI_DRIVER_VERSION="<<<NULL>>>",DCGM_FI_DEV_SERIAL="<<<NOT_SUPPORTED>>>",DCGM_FI_CUDA_DRIVER_VERSION="2147483632"' +
      ',DCGM_FI_DEV_FABRIC_CLUSTER_UUID="<<<NOT_FOUND>>>",DCGM_FI_DEV_PLATFORM_TRAY_INDEX="9223372036854775794"';
    const nothing = { driverVersion: null, cudaVersion: null, boardSerial: null, domain: null, tray: null };
    expect(one({ DEV_FB_USED: 1 }, blanks)).toMatchObject(nothing);
  });

  test('of an HGX machine tell no NVLink domain beyond it', () => {
    const zeros = ',DCGM_FI_DEV_FABRIC_CLUSTER_UUID="00000000-0000-0000-0000-000000000000"';
    expect(one({ DEV_FABRIC_CLIQUE_ID: 0 }, zeros).domain).toBeNull();
  });
});

describe('where a GPU is, and whose', () => {
  test.each([
    ['Hostname, up to exporter 4.8.2', ',Hostname="n1"', 'n1'],
    ['hostname, since then', ',hostname="n1"', 'n1'],
    ['neither (--no-hostname): the address', '', 'host-1'],
  ])('%s', (_, labels, node) => {
    expect(one({ DEV_FB_USED: 1 }, labels).node).toBe(node);
  });

  test.each([
    [
      'honor_labels off: the workload is exported_*',
      ',exported_pod="p1",exported_namespace="ns",pod="dcgm-exporter-x"',
      'p1',
    ],
    ['honor_labels on', ',pod="p1",namespace="ns",container="vllm"', 'p1'],
    ['the old namespace flag', ',pod_name="p1",pod_namespace="ns"', 'p1'],
    ['an idle GPU with the exporter as its pod', ',pod="nvidia-dcgm-exporter-wqqqn",container="x"', null],
    ['an idle GPU with the exporter as its container', ',pod="gpu-metrics-1",container="dcgm-exporter"', null],
    ['an empty pod', ',pod=""', null],
  ])('%s', (_, labels, pod) => {
    const { workloads } = one({ DEV_FB_USED: 1 }, labels);
    expect(workloads).toEqual(pod === null ? [] : [{ pod, namespace: 'ns', share: 1 }]);
  });

  test('labels of the target tell the place of a GPU, and never who uses it', () => {
    const labels = { pod: 'metrics-agent-7', site: 'dallas', rack: 'r1', node: 'n1' };
    expect(readText(gpuLines({ DEV_FB_USED: 1 }), { labels }).gpus[0]).toMatchObject({
      workloads: [],
      site: 'dallas',
      rack: 'r1',
      node: 'n1',
    });
  });

  test('rows of sharing pods are one card, held by the first pod, though the card itself names none', () => {
    const text =
      gpuLines({ DEV_POWER_USAGE: 400 }) +
      gpuLines({ DEV_GPU_UTIL: 5 }, ',pod="p1"') +
      gpuLines({ DEV_GPU_UTIL: 7 }, ',pod="p2"');
    const { gpus } = readText(text);
    expect(gpus).toEqual([
      expect.objectContaining({
        powerWatts: 400,
        utilisation: 0.05,
        workloads: [{ pod: 'p1', namespace: null, share: 1 }],
      }),
    ]);
  });
});
