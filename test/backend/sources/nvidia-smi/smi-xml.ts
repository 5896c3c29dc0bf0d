/** Output of nvidia-smi -q -x with invented values, in the shape of each series of drivers. */

const doctype = (version: number) => `<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v${version}.dtd">`;

export const log = (driver: string, version: number, ...gpus: readonly string[]): string =>
  logAt('Mon Feb  2 02:02:02 2026', driver, version, ...gpus);

export const logAt = (stamp: string, driver: string, version: number, ...gpus: readonly string[]): string =>
  `<?xml version="1.0" ?>
${doctype(version)}
<nvidia_smi_log>
  <timestamp>${stamp}</timestamp>
  <driver_version>${driver}</driver_version>
  <cuda_version>12.9</cuda_version>
  <attached_gpus>${gpus.length}</attached_gpus>
  ${gpus.join('\n')}
</nvidia_smi_log>
`;

/** A GPU that has what every series has, and the elements given. */
export const gpu = (
  number: number,
  inner: string,
  common: Partial<Record<keyof typeof COMMON, string>> = {},
): string => {
  const has = { ...COMMON, ...common };
  return `<gpu id="0000000${number}:0A:00.0">
    <product_name>NVIDIA Test-${number}</product_name>
    <mig_mode><current_mig>Disabled</current_mig><pending_mig>Disabled</pending_mig></mig_mode>
    <mig_devices>${has.mig}</mig_devices>
    <serial>${has.serial}</serial>
    <uuid>GPU-0000000${number}-aaaa-bbbb-cccc-000000000000</uuid>
    <minor_number>${9 - number}</minor_number>
    <fb_memory_usage><total>81920 MiB</total><reserved>600 MiB</reserved><used>${has.used}</used><free>1 MiB</free></fb_memory_usage>
    <utilization><gpu_util>${has.utilisation}</gpu_util><memory_util>7 %</memory_util></utilization>
    <temperature><gpu_temp>${has.temperature}</gpu_temp></temperature>
    ${inner}
    <clocks><graphics_clock>1500 MHz</graphics_clock><sm_clock>1515 MHz</sm_clock></clocks>
    <max_clocks><sm_clock>2000 MHz</sm_clock></max_clocks>
    ${inner.includes('<processes>') ? '' : '<processes>\n    </processes>'}
  </gpu>`;
};

const COMMON = { mig: 'None', serial: '1234500000001', used: '1024 MiB', utilisation: '25 %', temperature: '51 C' };

export const reasons = (word: 'event' | 'throttle', ...active: readonly string[]): string => {
  const names = ['gpu_idle', 'applications_clocks_setting', 'sw_power_cap', 'hw_slowdown', 'hw_thermal_slowdown'];
  const more = ['hw_power_brake_slowdown', 'sync_boost', 'sw_thermal_slowdown', 'display_clocks_setting'];
  const elements = [...names, ...more].map((name) => {
    const element = `clocks_${word}_reason_${name}`;
    return `<${element}>${active.includes(name) ? 'Active' : 'Not Active'}</${element}>`;
  });
  return `<clocks_${word}_reasons>${elements.join('')}</clocks_${word}_reasons>`;
};

/** `power_readings`, as up to 525. */
export const oldPower = (draw: string): string => `<power_readings>
  <power_state>P0</power_state><power_management>Supported</power_management><power_draw>${draw}</power_draw>
  <power_limit>410.00 W</power_limit><enforced_power_limit>400.00 W</enforced_power_limit></power_readings>`;

/** `power_draw` in readings per layer, as from 535 to early 570. */
export const layeredPower = (layer: 'gpu' | 'gpu_memory' | 'module', draw: string): string => `<${layer}_power_readings>
  <power_draw>${draw}</power_draw><current_power_limit>700.00 W</current_power_limit>
  <requested_power_limit>690.00 W</requested_power_limit></${layer}_power_readings>`;

/** An average and an instant, as from 570.124. */
export const splitPower = (layer: 'gpu' | 'gpu_memory' | 'module', average: string, instant: string): string =>
  `<${layer}_power_readings><power_state>P0</power_state><average_power_draw>${average}</average_power_draw>
  <instant_power_draw>${instant}</instant_power_draw><current_power_limit>1000.00 W</current_power_limit>
  </${layer}_power_readings>`;

type Shown = string | number;

/** Where a GPU is mounted, as from 570. */
export const platform = (chassis: Shown, slot: Shown, tray: Shown, host: Shown): string => `<platformInfo>
  <chassis_serial_number>${chassis}</chassis_serial_number><slot_number>${slot}</slot_number>
  <tray_index>${tray}</tray_index><host_id>${host}</host_id><module_id>1</module_id></platformInfo>`;

/** The NVLink fabric that a GPU has joined, as from 570. */
export const fabric = (cluster: string, clique: Shown): string => `<fabric><state>Completed</state>
  <status>Success</status><cliqueId>${clique}</cliqueId><clusterUuid>${cluster}</clusterUuid></fabric>`;

export const migDevice = (instance: number, compute: number): string => `<mig_device>
  <index>${instance}</index><gpu_instance_id>${instance}</gpu_instance_id>
  <compute_instance_id>${compute}</compute_instance_id>
  <fb_memory_usage><total>19968 MiB</total><reserved>0 MiB</reserved><used>12 MiB</used><free>1 MiB</free></fb_memory_usage>
</mig_device>`;
