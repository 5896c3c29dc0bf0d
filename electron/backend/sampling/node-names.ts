/** Words that operators put around a node's name to name its management controller. */
const CONTROLLER = '(bmc|ipmi|oob|ilo\\d*|i?drac\\d*|mgmt|xcc|cimc|redfish)';
const BEFORE = new RegExp(`^${CONTROLLER}[-_]`);
const AFTER = new RegExp(`[-_]${CONTROLLER}$`);
const ADDRESS = /^[\d.]+$|:/;

/**
 * Tells which of the known nodes a meter's host is: the one of that very name, or the one that has the same name without
 * domain and without a word for its controller (`gpu-7-bmc.oob.example` is `gpu-7`). Where none or more than one fits, the
 * name as told: nothing is guessed.
 */
export function nodeNames(nodes: ReadonlySet<string>): (host: string) => string {
  let byPlainName: ReadonlyMap<string, readonly string[]> | null = null;
  return (host) => {
    if (nodes.has(host)) return host;
    byPlainName ??= Map.groupBy(nodes, plainName);
    const [fitting = host, ...others] = byPlainName.get(plainName(host)) ?? [];
    return others.length === 0 ? fitting : host;
  };
}

function plainName(name: string): string {
  const lower = name.toLowerCase();
  if (ADDRESS.test(lower)) return lower;
  const [first = lower] = lower.split('.');
  return first.replace(BEFORE, '').replace(AFTER, '');
}
