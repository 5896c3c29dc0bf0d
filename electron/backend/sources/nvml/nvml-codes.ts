/** Return codes of NVML that are acted upon. Source: telemetry reference, section 2.4. */
export const NVML = {
  ok: 0,
  uninitialized: 1,
  invalidArgument: 2,
  notSupported: 3,
  noPermission: 4,
  notFound: 6,
  driverNotLoaded: 9,
  functionNotFound: 13,
  gpuLost: 15,
  resetRequired: 16,
  versionMismatch: 18,
} as const;

/** What a code means and what to do, as the end of a sentence. */
const REASONS: Readonly<Record<number, string>> = {
  [NVML.uninitialized]: 'NVML was not initialised',
  [NVML.notSupported]: 'this GPU does not support it',
  [NVML.noPermission]: 'no permission: add this user to the group that owns /dev/nvidia*',
  [NVML.notFound]: 'not found',
  [NVML.driverNotLoaded]: 'the NVIDIA driver is not loaded: load it, or restart the machine after installing it',
  10: 'the driver did not answer in time',
  12: 'a library that NVML needs is missing: install the driver again',
  [NVML.functionNotFound]: 'this driver is too old to have it',
  [NVML.gpuLost]: 'the GPU is lost: it has fallen off the bus, and a reboot may be needed',
  [NVML.resetRequired]: 'the GPU needs a reset',
  17: 'the operating system blocks access to the GPU: check the container or cgroup',
  [NVML.versionMismatch]:
    'driver and library are of different versions: the driver was replaced while in use, so reload it or restart the machine',
  21: 'no data',
  27: 'the GPU is not ready yet',
  28: 'no GPU was found',
};

export function nvmlReason(code: number): string {
  return `${REASONS[code] ?? 'unknown trouble'} (NVML code ${code})`;
}
