import { describe, expect, test } from 'vitest';

import { createExpositionReader } from '#backend/sources/prometheus/exposition-reader.ts';
import { createSampleReader } from '#backend/sources/sample-reader.ts';
import type { MeterMapping } from '#shared/model/power-boundary.ts';
import type { MeterSample } from '#shared/model/sample.ts';

type Options = {
  readonly labels?: Record<string, string>;
  readonly address?: string;
  readonly mappings?: readonly MeterMapping[];
};

function read(text: string, { labels = {}, address = 'n1:9290', mappings = [] }: Options = {}) {
  const body = createExpositionReader().read(Buffer.from(text), 'prometheus-text');
  if (!body.ok) throw new Error(body.failure.message);
  const { series, values } = body.value;
  return createSampleReader(labels, address, mappings)(series, (index) => values[index]);
}

/** Place, boundary, origin, watts and parts of each meter that a text tells of. */
function metersOf(text: string, options?: Options) {
  return read(text, options).meters.map((meter: MeterSample) => [
    meter.node ?? meter.rack,
    meter.boundary,
    meter.origin,
    meter.watts,
    meter.parts,
  ]);
}

describe('ipmi_exporter', () => {
  test.each(['ipmi_dcmi_power_consumption_watts', 'ipmi_dcmi_power_consumption_current_watts'])(
    '%s is the power of the node at the address',
    (name) => {
      expect(metersOf(`${name} 7420\n`)).toEqual([['n1', 'node', 'ipmi', 7420, 1]]);
    },
  );

  test('DCMI is preferred to a sensor that may not be live', () => {
    const text = 'ipmi_power_watts{id="90",name="Pwr Consumption"} 70\nipmi_dcmi_power_consumption_watts 7420\n';
    expect(metersOf(text)).toEqual([['n1', 'node', 'ipmi', 7420, 1]]);
  });

  test('a sensor counts only where its name means the whole machine', () => {
    const sensors = ['PSU1 Power In', 'CPU Power', 'GPU_PWR_0', 'Total_Power', 'Memory Power'];
    const text = sensors.map((name, id) => `ipmi_power_watts{id="${id}",name="${name}"} ${(id + 1) * 100}\n`).join('');
    expect(metersOf(text)).toEqual([['n1', 'node', 'ipmi', 400, 1]]);
    expect(metersOf('ipmi_power_watts{id="1",name="PSU1 Power In"} 3000\n')).toEqual([]);
  });

  test('a sensor without a reading is NaN, which is no trouble', () => {
    const { meters, problems } = read('ipmi_power_watts{id="90",name="System Power"} NaN\n');
    expect([meters, problems]).toEqual([[], []]);
  });

  test('a machine that is probed for another names it: by a label first, then by its instance', () => {
    const text = 'ipmi_dcmi_power_consumption_watts 7420\n';
    expect(metersOf(text, { address: '10.0.0.7' })[0]![0]).toBe('10.0.0.7');
    expect(metersOf(text, { address: '10.0.0.7', labels: { node: 'gpu-7' } })[0]![0]).toBe('gpu-7');
  });

  test('power of a node that nobody names is not given to any, and the target says so', () => {
    const { meters, problems } = read('ipmi_dcmi_power_consumption_watts 7420\n', { address: '127.0.0.1:9290' });
    expect(meters).toEqual([]);
    expect(problems).toEqual([expect.objectContaining({ kind: 'unread' })]);
  });

  test('M04: a power in milliwatts is held out with a reason', () => {
    const { meters, problems } = read('ipmi_dcmi_power_consumption_watts 7420000\n');
    expect(meters).toEqual([]);
    expect(problems).toEqual([expect.objectContaining({ kind: 'implausible' })]);
  });
});

describe('redfish_exporter', () => {
  const consumed = (chassis: string, watts: number, id = '0') =>
    `redfish_chassis_power_average_consumed_watts{resource="power_wattage",chassis_id="${chassis}",power_voltage="c",power_voltage_id="${id}"} ${watts}\n`;
  const supply = (kind: 'input' | 'output', id: number, watts: number, chassis = 'DGX') =>
    `redfish_chassis_power_powersupply_power_${kind}_watts{resource="power_supply",chassis_id="${chassis}",power_supply="PSU${id}",power_supply_id="${id}"} ${watts}\n`;

  test('of the chassis and controls that one BMC lists, the largest holds the others', () => {
    expect(metersOf(consumed('HGX_0', 5100) + consumed('DGX', 7300) + consumed('DGX', 900, '1'))).toEqual([
      ['n1', 'node', 'redfish', 7300, 1],
    ]);
  });

  test('inputs of the supplies add where the chassis does not tell; outputs are never added', () => {
    const supplies = [0, 1, 2].map((id) => supply('input', id, 2500) + supply('output', id, 2350)).join('');
    expect(metersOf(supplies)).toEqual([['n1', 'node', 'redfish', 7500, 3]]);
    expect(metersOf(consumed('DGX', 7300) + supplies)).toEqual([['n1', 'node', 'redfish', 7300, 1]]);
    expect(metersOf(consumed('DGX', 0) + supplies)).toEqual([['n1', 'node', 'redfish', 7500, 3]]);
  });

  test('a supply on standby adds nothing; one that tells only its output makes the sum unknown', () => {
    const three = supply('input', 0, 3700) + supply('input', 1, 3700);
    expect(metersOf(three + supply('input', 2, 0) + supply('output', 2, 0))).toEqual([
      ['n1', 'node', 'redfish', 7400, 3],
    ]);
    expect(metersOf(three + supply('input', 2, 0) + supply('output', 2, 3500))).toEqual([]);
  });

  test('a supply that two chassis list adds once', () => {
    expect(metersOf(supply('input', 0, 2500, 'DGX') + supply('input', 0, 2500, 'Self'))).toEqual([
      ['n1', 'node', 'redfish', 2500, 1],
    ]);
  });

  test('a BMC that tells no power reads zero everywhere: that is not a machine without power', () => {
    expect(metersOf(consumed('DGX', 0) + supply('input', 0, 0) + supply('output', 0, 0))).toEqual([]);
  });
});

describe('Grace', () => {
  const hwmon = (sensor: string, label: string, watts: number) =>
    `node_hwmon_sensor_label{chip="power_meter_${sensor}",sensor="power1",label="${label}"} 1\n` +
    `node_hwmon_power_average_watt{chip="power_meter_${sensor}",sensor="power1"} ${watts}\n`;

  test('G08: DCGM tells module power once per CPU socket: two sockets are two modules', () => {
    const text = [0, 1].map((cpu) => `DCGM_FI_DEV_MODULE_POWER_UTIL_CURRENT{cpu="${cpu}",Hostname="tray-1"} 460\n`);
    expect(metersOf(text.join(''))).toEqual([['tray-1', 'module', 'dcgm', 920, 2]]);
  });

  test('a core rail is no socket: DCGM CPU and SysIO power alone tell nothing of the node', () => {
    const text =
      'DCGM_FI_DEV_CPU_POWER_UTIL_CURRENT{cpu="0",Hostname="tray-1"} 52\n' +
      'DCGM_FI_DEV_SYSIO_POWER_UTIL_CURRENT{cpu="0",Hostname="tray-1"} 9\n';
    expect(metersOf(text)).toEqual([]);
  });

  test('hwmon sensors are told apart by their names: sockets of the module add, and those of Grace', () => {
    const text =
      hwmon('0', 'grace_power_socket_0', 101) +
      hwmon('1', 'cpu_power_socket_0', 52) +
      hwmon('2', 'module_power_socket_0', 460) +
      hwmon('3', 'grace_power_socket_1', 99) +
      hwmon('4', 'module_power_socket_1', 452);
    expect(metersOf(text)).toEqual([
      ['n1', 'module', 'hwmon', 912, 2],
      ['n1', 'cpu', 'hwmon', 200, 2],
    ]);
  });

  test('a sensor without a name may be anything, and is left alone', () => {
    expect(metersOf('node_hwmon_power_average_watt{chip="acpi_power_meter",sensor="power1"} 640\n')).toEqual([]);
  });

  test('old node_exporters carry the name on the series itself', () => {
    expect(metersOf('node_hwmon_power_average_watt{chip="c",sensor="grace_power_socket_0"} 101\n')).toEqual([
      ['n1', 'cpu', 'hwmon', 101, 1],
    ]);
  });
});

test('Kepler names the node that it runs on, and its largest control is the platform', () => {
  const control = (id: string, watts: number) =>
    `kepler_platform_watts{source="redfish",node_name="worker-1",bmc_id="b",chassis_id="c",power_control_id="${id}"} ${watts}\n`;
  expect(metersOf(control('PC1', 6400) + control('PC2', 310))).toEqual([['worker-1', 'node', 'kepler', 6400, 1]]);
});

describe('meters mapped by the operator', () => {
  const feed = (outlet: string, rack: string, kilowatts: number) =>
    `pdu_active_power_kw{outlet="${outlet}",location="${rack}",line="in"} ${kilowatts}\n`;
  const mapping: MeterMapping = {
    metric: 'pdu_active_power_kw',
    labels: { line: 'in' },
    boundary: 'rack',
    place: 'rack',
    placeLabel: 'location',
    quantity: 'power',
    scale: 1000,
  };

  test('feeds of one rack add, each rack is its own meter, other series are left alone', () => {
    const text = `${feed('A', 'r1', 60)}${feed('B', 'r1', 58)}${feed('A', 'r2', 40)}pdu_active_power_kw{outlet="A",location="r1",line="out"} 118\n`;
    expect(metersOf(text, { mappings: [mapping] })).toEqual([
      ['r1', 'rack', 'mapped', 118_000, 2],
      ['r2', 'rack', 'mapped', 40_000, 1],
    ]);
  });

  test('two PDUs with a target each are two meters of one rack', () => {
    const one = read(feed('A', 'r1', 60), { address: 'pdu-a', mappings: [mapping] }).meters[0]!;
    const other = read(feed('A', 'r1', 58), { address: 'pdu-b', mappings: [mapping] }).meters[0]!;
    expect(one.meter).not.toBe(other.meter);
    expect([one.rack, other.rack, one.node]).toEqual(['r1', 'r1', null]);
  });

  test('a counter of energy in kWh becomes joules', () => {
    const energy = { ...mapping, metric: 'pdu_kwh_total', labels: {}, quantity: 'energy', scale: 3.6e6 } as const;
    const [meter] = read('pdu_kwh_total{location="r1"} 12.5\n', { mappings: [energy] }).meters;
    expect(meter).toMatchObject({ watts: null, energyCounterJoules: 45e6 });
  });

  test('a wall meter of a node stands for the node', () => {
    const wall = { ...mapping, boundary: 'wall', place: 'node', placeLabel: 'host' } as const;
    expect(metersOf('pdu_active_power_kw{host="n7",line="in"} 9\n', { mappings: [wall] })).toEqual([
      ['n7', 'wall', 'mapped', 9000, 1],
    ]);
  });
});
