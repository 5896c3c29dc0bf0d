/** What a driver says of the NVLink fabric that a GPU belongs to: UUID of the cluster, and the clique within it. */
export type Fabric = { readonly clusterUuid: string | null; readonly cliqueId: string | null };

/**
 * The NVLink domain of a GPU, as `cluster UUID/clique`: GPUs of one domain reach each other by NVLink. Null for a domain
 * that ends at the node, as on HGX machines of eight GPUs, which all report a cluster UUID of zeros.
 * Source: telemetry reference, section 2.5.
 */
export function nvlinkDomainOf({ clusterUuid, cliqueId }: Fabric): string | null {
  if (clusterUuid === null || /^[0-]*$/.test(clusterUuid)) return null;
  return `${clusterUuid.toLowerCase()}/${cliqueId ?? '0'}`;
}

/**
 * The rack that an NVLink domain tells where nobody names one: GPUs of several nodes with one cluster UUID stand in one
 * NVL72 rack, whatever cliques it is divided into. Operators know no such name, so a name from a label wins.
 */
export function rackOfDomain(domain: string | null): string | null {
  return domain === null ? null : `NVLink ${domain.split('/')[0] ?? ''}`;
}

/** Whether a rack is one that nobody named: `rackOfDomain` did. */
export function isRackOfDomain(rack: string | null): boolean {
  return rack !== null && /^NVLink [0-9a-f-]+$/.test(rack);
}

/** What a driver says of where a GPU is mounted. Slots count switch trays, tray indexes count compute trays only. */
export type Mounting = {
  readonly chassisSerial: string | null;
  readonly slot: string | null;
  readonly host: string | null;
  readonly trayIndex: string | null;
};

/**
 * The tray that a GPU is mounted in: chassis, slot and host together, else the index within a chassis nobody names. A
 * machine of its own is in no chassis, and says slot 0 and tray 0 (seen on an H100 machine, driver 590).
 */
export function trayOf({ chassisSerial, slot, host, trayIndex }: Mounting): string | null {
  if (chassisSerial !== null && slot !== null)
    return `chassis ${chassisSerial}, slot ${slot}${host === null ? '' : `, host ${host}`}`;
  return trayIndex === null || ((slot ?? '0') === '0' && trayIndex === '0') ? null : `tray ${trayIndex}`;
}

/**
 * A chassis serial number as printed on the chassis. Some releases of DCGM write its sixteen bytes as a UUID; where all
 * of them are printable they are the number's own letters. Zeros are no number.
 */
export function chassisSerialOf(text: string | null): string | null {
  if (text === null || /^[0-]*$/.test(text)) return null;
  const hex = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text.replaceAll('-', '') : null;
  const bytes = hex?.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? [];
  const end = bytes.indexOf(0) === -1 ? bytes.length : bytes.indexOf(0);
  const letters = bytes.slice(0, end);
  const isText = end > 0 && letters.every((byte) => byte > 0x20 && byte < 0x7f);
  return isText ? String.fromCharCode(...letters) : text.toLowerCase();
}
