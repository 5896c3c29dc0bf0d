import { describe, expect, test } from 'vitest';

import { matrixIn } from '#backend/sources/prometheus-server/server-answer.ts';
import { createMatrixReader } from '#backend/sources/prometheus-server/matrix-to-scrapes.ts';
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

  test("where one GPU of a page has its pod under exported_*, the plain label is the exporter's own on all", () => {
    const row = (uuid: string, labels: string) => `DCGM_FI_DEV_FB_USED{gpu="0",UUID="${uuid}"${labels}} 1\n`;
    const own = ',pod="gpu-metrics-1",namespace="monitoring",container="metrics"';
    const text = row('GPU-a', `${own},exported_pod="p1",exported_namespace="ns"`) + row('GPU-b', own);
    expect(readText(text).gpus.map(({ workloads }) => workloads)).toEqual([
      [{ pod: 'p1', namespace: 'ns', share: 1 }],
      [],
    ]);
  });
});

describe('a card that is shared', () => {
  const rows = (fields: Readonly<Record<string, number>>, labels: string) => gpuLines(fields, labels);
  const slice = (id: number, profile: string, more = '') => `,GPU_I_PROFILE="${profile}",GPU_I_ID="${id}"${more}`;

  test('by time slicing is held by its pods in equal parts, each reading once', () => {
    const board = { DEV_POWER_USAGE: 400, DEV_TOTAL_ENERGY_CONSUMPTION: 5_000_000 };
    const text =
      rows({ DEV_GPU_UTIL: 12, DEV_FB_USED: 3000 }, '') +
      rows({ ...board, DEV_GPU_UTIL: 5, DEV_FB_USED: 1000 }, ',pod="p1",namespace="ns",pod_uid="1",vgpu="0"') +
      rows({ ...board, DEV_GPU_UTIL: 7, DEV_FB_USED: 2000 }, ',pod="p2",namespace="ns",pod_uid="2",vgpu="1"');
    expect(readText(text).gpus).toEqual([
      expect.objectContaining({
        powerWatts: 400,
        energyCounterJoules: 5000,
        utilisation: 0.12,
        memoryUsedBytes: 3000 * 1024 * 1024,
        workloads: [
          { pod: 'p1', namespace: 'ns', share: 0.5 },
          { pod: 'p2', namespace: 'ns', share: 0.5 },
        ],
        migDevices: null,
      }),
    ]);
  });

  test('G05 by MIG has each board reading once, memory and activity of its slices together', () => {
    const board = (joules: number) => ({ DEV_POWER_USAGE: 300, DEV_TOTAL_ENERGY_CONSUMPTION: joules * 1000 });
    const text =
      rows(
        { ...board(5000), PROF_GR_ENGINE_ACTIVE: 1, DEV_FB_USED: 30_000, DEV_FB_FREE: 10_000 },
        slice(1, '3g.40gb'),
      ) +
      rows({ ...board(5001), PROF_GR_ENGINE_ACTIVE: 0.5, DEV_FB_USED: 100, DEV_FB_FREE: 9900 }, slice(9, '1g.10gb'));
    const [card, ...others] = readText(text).gpus;
    expect(others).toEqual([]);
    expect(card).toMatchObject({ powerWatts: 300, energyCounterJoules: 5001, memoryUsedBytes: 30_100 * 1024 * 1024 });
    // Three sevenths of the card are busy, and half of another seventh.
    expect(card!.utilisation).toBeCloseTo(3.5 / 7, 12);
    expect(card!.migDevices).toEqual([
      {
        gpuInstance: '1',
        computeInstance: null,
        memoryUsedBytes: 30_000 * 2 ** 20,
        memoryTotalBytes: 40_000 * 2 ** 20,
      },
      { gpuInstance: '9', computeInstance: null, memoryUsedBytes: 100 * 2 ** 20, memoryTotalBytes: 10_000 * 2 ** 20 },
    ]);
  });

  test.each([
    ['slices of three and one', [slice(1, '3g.40gb', ',pod="p1"'), slice(9, '1g.10gb', ',pod="p2"')], [0.75, 0.25]],
    // The free slice is borne by those who use the card: it cannot be given back.
    [
      'a slice that nobody holds',
      [slice(1, '3g.40gb', ',pod="p1"'), slice(2, '3g.40gb'), slice(9, '1g.10gb', ',pod="p2"')],
      [0.75, 0.25],
    ],
    [
      'a pod with two slices',
      [slice(1, '2g.20gb', ',pod="p1"'), slice(2, '1g.10gb', ',pod="p1"'), slice(9, '1g.10gb', ',pod="p2"')],
      [0.75, 0.25],
    ],
    [
      'two pods on one slice',
      [slice(1, '2g.20gb', ',pod="p1"'), slice(1, '2g.20gb', ',pod="p2"'), slice(9, '4g.40gb', ',pod="p3"')],
      [1 / 6, 1 / 6, 4 / 6],
    ],
    ['slices without a profile', [',GPU_I_ID="1",pod="p1"', ',GPU_I_ID="2",pod="p2"'], [0.5, 0.5]],
    ['one slice alone', [slice(1, '1g.10gb', ',pod="p1"')], [1]],
  ])('G05 by MIG gives its pods shares by compute slices: %s', (_, labels, shares) => {
    const text = labels.map((one) => rows({ DEV_POWER_USAGE: 300 }, one)).join('');
    const { workloads } = readText(text).gpus[0]!;
    expect(workloads.map(({ pod }) => pod)).toEqual(shares.map((__, at) => `p${at + 1}`));
    for (const [at, share] of shares.entries()) expect(workloads[at]!.share).toBeCloseTo(share, 12);
  });

  test('into four slices knows how many its card has', () => {
    const text = rows({ PROF_GR_ENGINE_ACTIVE: 1 }, `,modelName="NVIDIA A30"${slice(1, '1g.6gb')}`);
    expect(readText(text).gpus[0]!.utilisation).toBe(0.25);
  });

  test('by jobs is one card', () => {
    const text = rows({ DEV_POWER_USAGE: 300 }, ',hpc_job="1"') + rows({ DEV_POWER_USAGE: 300 }, ',hpc_job="2"');
    expect(readText(text).gpus.map(({ powerWatts }) => powerWatts)).toEqual([300]);
  });
});

describe('names of other times', () => {
  test('of dcgm-exporter 1 read as those of today', () => {
    const text = Object.entries({
      dcgm_total_energy_consumption: 7_824_041,
      dcgm_power_usage: 31.737,
      dcgm_gpu_utilization: 40,
      dcgm_fb_used: 10,
      dcgm_sm_clock: 135,
      dcgm_gpu_temp: 34,
      dcgm_xid_errors: 0,
      dcgm_fi_prof_dram_active: 0.25,
    })
      .map(([name, value]) => `${name}{gpu="0",uuid="GPU-8f640a3c"} ${value}\n`)
      .join('');
    expect(readText(text).gpus).toEqual([
      expect.objectContaining({
        gpu: 'GPU-8f640a3c',
        origin: 'dcgm-exporter',
        energyCounterJoules: 7824.041,
        powerWatts: 31.737,
        utilisation: 0.4,
        memoryUsedBytes: 10 * 2 ** 20,
        smClockHertz: 135e6,
        temperatureCelsius: 34,
        dramActive: 0.25,
        xid: 0,
      }),
    ]);
  });

  test.each(['DEV_POWER_USAGE_INSTANT', 'DEV_BOARD_POWER_RAW_WATTS'])('%s is power where no average is', (name) => {
    expect(one({ [name]: 500 }).powerWatts).toBe(500);
    expect(one({ [name]: 500, DEV_POWER_USAGE: 480 }).powerWatts).toBe(480);
  });

  test.each([
    [{ DEV_POWER_VIOLATION: 3e9, DEV_THERMAL_VIOLATION: 1e9 }, 3, 1],
    [{ DEV_CLOCKS_EVENT_REASON_SW_POWER_CAP_NS: 3e9, DEV_POWER_VIOLATION: 3e9 }, 3, null],
    [
      { DEV_CLOCKS_EVENT_REASON_HW_POWER_BRAKE_SLOWDOWN_NS: 5e8, DEV_CLOCKS_EVENT_REASON_HW_THERM_SLOWDOWN_NS: 0 },
      0.5,
      0,
    ],
    [{ DEV_FB_USED: 1 }, null, null],
  ])('time held back by power and by heat is in nanoseconds, each cause once: %o', (fields, power, heat) => {
    const sample = one(fields);
    expect(sample).toMatchObject({ powerHeldSeconds: power, heatHeldSeconds: heat });
  });

  test.each([
    [{ DEV_NVLINK_COUNT_TX_BYTES: 3e12, DEV_NVLINK_COUNT_RX_BYTES: 1e12 }, { nvlinkBytes: 4e12 }],
    [{ DEV_NVLINK_TX_BYTES_TOTAL: 3e12, DEV_NVLINK_RX_BYTES_TOTAL: 1e12 }, { nvlinkBytes: 4e12 }],
    [
      { PROF_NVLINK_TX_BYTES: 2e11, PROF_NVLINK_RX_BYTES: 1e11 },
      { nvlinkBytes: null, nvlinkBytesPerSecond: 3e11 },
    ],
    [{ PROF_PCIE_TX_BYTES: 2e9, PROF_PCIE_RX_BYTES: 5e9 }, { pcieBytesPerSecond: 7e9 }],
    [{ PROF_PCIE_TX_BYTES: 2e9 }, { pcieBytesPerSecond: null }],
    [
      { DEV_FB_USED: 1, DEV_NVLINK_BANDWIDTH_TOTAL: 0 },
      { nvlinkBytes: null, nvlinkBytesPerSecond: null },
    ],
  ])('traffic is told both ways or not at all: %o', (fields, expected) => {
    expect(one(fields as Readonly<Record<string, number>>)).toMatchObject(expected);
  });

  test('a temperature below zero is one', () => {
    expect(one({ DEV_GPU_TEMP: -4 }).temperatureCelsius).toBe(-4);
  });
});

describe('nvidia_gpu_exporter', () => {
  const page = (uuid: string, fields: Readonly<Record<string, number>>, info: string) =>
    `nvidia_smi_gpu_info{uuid="${uuid}",${info}} 1\n${Object.entries(fields)
      .map(([name, value]) => `nvidia_smi_${name}{uuid="${uuid}"} ${value}\n`)
      .join('')}`;

  test('tells a GPU in base units, by the UUID of the driver', () => {
    const fields = {
      power_draw_average_watts: 631.95,
      power_draw_instant_watts: 625.68,
      enforced_power_limit_watts: 700,
      utilization_gpu_ratio: 0.97,
      memory_used_bytes: 2.078e10,
      clocks_current_sm_clock_hz: 1.98e9,
      temperature_gpu: 59,
      clocks_event_reasons_active: 4,
      platform_slot_number: 0,
      platform_tray_index: 0,
      platform_host_id: 1,
    };
    const info = 'name="NVIDIA H100 80GB HBM3",driver_version="590.48.01",cuda_version="13.1",index="0",serial="165"';
    const { gpus, problems } = readText(page('0a1b2c3d-0000-0000-0000-000000000001', fields, info));
    expect(problems).toEqual([]);
    expect(gpus).toEqual([
      expect.objectContaining({
        gpu: 'GPU-0a1b2c3d-0000-0000-0000-000000000001',
        origin: 'nvidia-gpu-exporter',
        sku: 'NVIDIA H100 80GB HBM3',
        index: '0',
        driverVersion: '590.48.01',
        cudaVersion: '13.1',
        boardSerial: '165',
        tray: null,
        node: 'host-1',
        energyCounterJoules: null,
        powerWatts: 631.95,
        powerLimitWatts: 700,
        utilisation: 0.97,
        memoryUsedBytes: 2.078e10,
        smClockHertz: 1.98e9,
        temperatureCelsius: 59,
        clockEventReasons: 4,
      }),
    ]);
  });

  test('tells the module and place of a superchip', () => {
    const fields = {
      module_power_draw_average_watts: 467,
      power_draw_watts: 166,
      serial: 1_650_000_000_001,
      platform_chassis_serial_number: 1_820_000_000_001,
      platform_slot_number: 14,
      platform_tray_index: 4,
      platform_host_id: 1,
    };
    expect(readText(page('a', fields, 'name="NVIDIA GB200",serial="[N/A]"')).gpus[0]).toMatchObject({
      powerWatts: 166,
      moduleWatts: 467,
      boardSerial: '1650000000001',
      tray: 'chassis 1820000000001, slot 14, host 1',
    });
  });
});

describe('Triton', () => {
  const triton = (value: number) =>
    `nv_energy_consumption{gpu_uuid="GPU-a"} ${value}\nnv_gpu_power_usage{gpu_uuid="GPU-a"} 250\n` +
    'nv_gpu_power_limit{gpu_uuid="GPU-a"} 300\nnv_gpu_utilization{gpu_uuid="GPU-a"} 0.5\n' +
    'nv_gpu_memory_used_bytes{gpu_uuid="GPU-a"} 1000\n';

  test('tells the GPUs that it uses', () => {
    expect(readText(triton(205_620.5)).gpus).toEqual([
      expect.objectContaining({
        gpu: 'GPU-a',
        origin: 'triton',
        sku: 'unknown GPU',
        energyCounterJoules: 205_620.5,
        powerWatts: 250,
        powerLimitWatts: 300,
        utilisation: 0.5,
        memoryUsedBytes: 1000,
      }),
    ]);
  });

  test('on one page with DCGM tells no second card', () => {
    const { gpus } = readText(gpuLines({ DEV_POWER_USAGE: 260 }) + triton(1));
    expect(gpus).toEqual([expect.objectContaining({ origin: 'dcgm-exporter', powerWatts: 260 })]);
  });
});
