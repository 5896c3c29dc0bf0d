/** Exporters by what their own metric names begin with, most telling first. */
const EXPORTERS: readonly (readonly [kind: string, prefixes: readonly string[]])[] = [
  ['dcgm-exporter', ['DCGM_']],
  ['nvidia-gpu-exporter', ['nvidia_smi_']],
  ['redfish-exporter', ['redfish_']],
  ['ipmi-exporter', ['ipmi_']],
  ['kepler', ['kepler_']],
  ['kube-state-metrics', ['kube_']],
  ['cadvisor', ['container_cpu_', 'container_memory_']],
  ['node-exporter', ['node_cpu_', 'node_hwmon_', 'node_memory_', 'node_exporter_', 'node_uname_', 'node_power_']],
  ['victoria-metrics', ['vm_app_version', 'vm_rows', 'vmagent_']],
  ['prometheus', ['prometheus_']],
];

/** What the metrics are of: engines and GPUs that were read come first, then exporters known by their names. */
export function kindOfMetrics(
  names: ReadonlySet<string>,
  { hasGpus, hasEngines, isGateway }: { readonly [Claim in 'hasGpus' | 'hasEngines' | 'isGateway']: boolean },
): string {
  const exporter = EXPORTERS.find(([, prefixes]) => hasAnyOf(names, prefixes))?.[0] ?? null;
  if (hasEngines) return hasGpus && exporter === 'dcgm-exporter' ? 'dcgm-exporter+engine' : 'engine';
  if (isGateway) return 'gateway';
  return exporter ?? (names.size === 0 ? 'unknown' : 'other');
}

function hasAnyOf(names: ReadonlySet<string>, prefixes: readonly string[]): boolean {
  for (const name of names) if (prefixes.some((prefix) => name.startsWith(prefix))) return true;
  return false;
}
