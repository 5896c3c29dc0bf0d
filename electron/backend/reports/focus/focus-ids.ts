import type { ChargePlace } from '#shared/model/charge-row.ts';

/** A thing that charges are of: ids begin with a word and are ASCII, so that no reader takes them for numbers. */
export type FocusThing = { readonly id: string; readonly name: string; readonly type: string };

export function idOf(kind: string, ...names: readonly (string | null)[]): string {
  return [kind, ...names.map((name) => (name === null ? '' : encodeURIComponent(name)))].join(':');
}

export function poolOf({ pool }: Pick<ChargePlace, 'pool'>): FocusThing | null {
  return pool === null ? null : { id: idOf('pool', pool), name: pool, type: 'GPU Pool' };
}

/** The engines that serve a model to a tenant; null where nothing runs. */
export function deploymentOfPlace({ model, tenant }: Pick<ChargePlace, 'model' | 'tenant'>): FocusThing | null {
  if (model === null) return null;
  const name = tenant === null ? model : `${model} (${tenant})`;
  return { id: idOf('model', model, ...(tenant === null ? [] : [tenant])), name, type: 'Model Deployment' };
}

/** The GPUs of a pool at a site: where shared cost comes from. */
export function originOf({ site, pool }: Pick<ChargePlace, 'site' | 'pool'>): FocusThing {
  const name = pool ?? (site === null ? 'GPUs without a pool' : `GPUs without a pool, ${site}`);
  return { id: idOf('gpus', site, pool), name, type: 'GPU Pool' };
}
