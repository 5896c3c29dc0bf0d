import type { Location } from '#shared/model/gpu.ts';

/** Labels of one series, over the labels of its target: the sample's own label wins, as with honor_labels. */
export type Labels = (name: string) => string | null;

export function labelsOf(own: ReadonlyMap<string, string>, target: Readonly<Record<string, string>>): Labels {
  return (name) => nonEmpty(own.get(name)) ?? (Object.hasOwn(target, name) ? nonEmpty(target[name]) : null);
}

/** An empty label value means the same as no label (Prometheus data model). */
function nonEmpty(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

/**
 * Where a thing stands, from labels. The host label of dcgm-exporter is `Hostname` up to 4.8.2 and `hostname` after;
 * both styles of relabelling put the workload's own under `exported_*`.
 */
export function locationOf(labels: Labels): Location {
  return {
    site: labels('site') ?? labels('datacenter') ?? labels('zone'),
    rack: labels('rack'),
    pool: labels('pool') ?? labels('nodepool'),
    node: labels('Hostname') ?? labels('hostname') ?? labels('node') ?? hostOf(labels('instance')),
  };
}

/** The host of `host:port` or `host:port/path`; null for a loopback address, which says nothing about the machine. */
export function hostOf(instance: string | null): string | null {
  if (instance === null) return null;
  const host = instance.replace(/\/.*$/, '').replace(/:\d+$/, '');
  return host === '' || host === '127.0.0.1' || host === 'localhost' || host === '[::1]' ? null : host;
}
