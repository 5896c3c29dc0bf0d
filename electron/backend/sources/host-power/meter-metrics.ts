import type { MeterBoundary } from '#shared/model/power-boundary.ts';
import type { MeterOrigin } from '#shared/model/sample.ts';
import type { Labels } from '../label-reader.ts';

/** One way in which an exporter tells the power of a node: its metric, what that covers, and how its series combine. */
export type MeterMetric = {
  readonly names: readonly string[];
  readonly origin: MeterOrigin;
  readonly boundary: MeterBoundary;
  /** What tells the series of one node apart; null for a series that does not measure the boundary as a whole. */
  readonly partOf: (labels: Labels, sensor: string) => string | null;
  /** `sum`: parts that add. `largest`: layers of each other, of which the largest is the whole. */
  readonly combine: 'sum' | 'largest';
  /** A metric of the same part that is above zero where this one is not measured and reads zero all the same. */
  readonly contradictedBy: string | null;
  /** Largest believable power of one part, W: a larger one has another unit. */
  readonly wattsMax: number;
};

/** No node draws more (a DGX B200 up to 14.3 kW; telemetry reference, section 5), no superchip (2.9 kW), no CPU socket. */
const NODE_WATTS_MAX = 50_000;
const MODULE_WATTS_MAX = 6000;
const SOCKET_WATTS_MAX = 2000;

const whole = (): string => 'whole';

/**
 * Sensors of a BMC that measure the whole machine: `Pwr Consumption` (Dell), `Power Meter` (HPE), `System Power`,
 * `Total_Power`. All others (supplies, CPUs, GPUs) are parts of it.
 */
const WHOLE_SENSOR = /^(pwr consumption|power meter|(system|sys|total|chassis|node|server)[ _-]?(power|pwr))$/i;

/** hwmon sensors of a Grace socket; older node_exporters write their names in lower case with underscores. */
const SOCKET = /^(module|grace) power socket (\d+)$/;

function socketOf(kind: 'module' | 'grace'): MeterMetric['partOf'] {
  return (_labels, sensor) => {
    const [, named, socket] = SOCKET.exec(sensor.toLowerCase().replaceAll('_', ' ')) ?? [];
    return named === kind && socket !== undefined ? socket : null;
  };
}

/**
 * Metrics that tell the power of a node, in order of trust. Sources: ipmi_exporter collector_dcmi.go (which says
 * `..._watts`) and docs/metrics.md (`..._current_watts`, the name of older releases); redfish_exporter
 * collector/chassis_collector.go, which writes zero for what a BMC leaves out; Kepler docs/user/metrics.md; DCGM 4.6 field
 * list, fields 1130 to 1133; node_exporter collector/hwmon_linux.go.
 *
 * Left out on purpose: DCGM's CPU and SysIO power and hwmon's `CPU Power Socket N` (one rail, about half of a socket),
 * output of power supplies (input measures the same supply), Kepler's CPU zones, and its joules of releases before 0.10,
 * which may come from a trained model.
 */
export const METER_METRICS: readonly MeterMetric[] = [
  nodeMetric('ipmi', ['ipmi_dcmi_power_consumption_watts', 'ipmi_dcmi_power_consumption_current_watts'], whole),
  nodeMetric('ipmi', ['ipmi_power_watts'], (labels) => (WHOLE_SENSOR.test(labels('name') ?? '') ? whole() : null)),
  nodeMetric('redfish', ['redfish_chassis_power_average_consumed_watts'], whole),
  {
    ...nodeMetric('redfish', ['redfish_chassis_power_powersupply_power_input_watts'], supplyOf),
    combine: 'sum',
    contradictedBy: 'redfish_chassis_power_powersupply_power_output_watts',
  },
  nodeMetric('kepler', ['kepler_platform_watts'], whole),
  {
    names: ['DCGM_FI_DEV_MODULE_POWER_UTIL_CURRENT', 'DCGM_FI_DEV_MODULE_POWER_WATTS'],
    origin: 'dcgm',
    boundary: 'module',
    partOf: (labels) => labels('cpu'),
    combine: 'sum',
    contradictedBy: null,
    wattsMax: MODULE_WATTS_MAX,
  },
  hwmonMetric('module', socketOf('module'), MODULE_WATTS_MAX),
  hwmonMetric('cpu', socketOf('grace'), SOCKET_WATTS_MAX),
];

/** Names a sensor of node_exporter's hwmon: a label metric beside the value, or, in old releases, the sensor itself. */
export const SENSOR_NAMES = { metric: 'node_hwmon_sensor_label', label: 'label', by: ['chip', 'sensor'] } as const;

function nodeMetric(origin: MeterOrigin, names: readonly string[], partOf: MeterMetric['partOf']): MeterMetric {
  const wattsMax = NODE_WATTS_MAX;
  return { names, origin, boundary: 'node', partOf, combine: 'largest', contradictedBy: null, wattsMax };
}

function hwmonMetric(boundary: MeterBoundary, partOf: MeterMetric['partOf'], wattsMax: number): MeterMetric {
  const names = ['node_hwmon_power_average_watt', 'node_hwmon_power_average_watts'];
  return { names, origin: 'hwmon', boundary, partOf, combine: 'sum', contradictedBy: null, wattsMax };
}

/** A supply that two chassis of one machine list is one supply. */
function supplyOf(labels: Labels): string {
  return `${labels('power_supply') ?? ''} ${labels('power_supply_id') ?? ''}`;
}
