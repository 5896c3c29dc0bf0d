import { lookup as lookupBySystem, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Asks the name service for every address of a host. `dns.lookup` in the product, a script in tests. */
export type ResolveName = (
  host: string,
  answer: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

export const resolveBySystem: ResolveName = (host, answer) => {
  lookupBySystem(host, { all: true }, answer);
};

/** The code of the error that `guardedLookup` reports when every address of a name is refused. */
export const addressRefusedCode = 'TOKENWATT_ADDRESS_REFUSED';

/**
 * Addresses where no exporter can be, but where a forged setting or name could make us ask for credentials or shout at
 * a whole network. Loopback and private ranges are where fleets live, and are allowed. IPv4 rules hold for mapped IPv6
 * addresses too (`BlockList` sees to that); the other ways to write IPv4 inside IPv6 are listed.
 */
const refusedAddresses = new BlockList();
refusedAddresses.addSubnet('0.0.0.0', 8, 'ipv4'); // unspecified
refusedAddresses.addSubnet('169.254.0.0', 16, 'ipv4'); // link-local, where clouds keep instance credentials
refusedAddresses.addSubnet('224.0.0.0', 4, 'ipv4'); // multicast
refusedAddresses.addAddress('255.255.255.255', 'ipv4'); // broadcast
refusedAddresses.addAddress('100.100.100.200', 'ipv4'); // metadata, Alibaba Cloud
refusedAddresses.addAddress('168.63.129.16', 'ipv4'); // host agent, Azure
refusedAddresses.addAddress('192.0.0.192', 'ipv4'); // metadata, Oracle Cloud
refusedAddresses.addAddress('::', 'ipv6'); // unspecified
refusedAddresses.addSubnet('fe80::', 10, 'ipv6'); // link-local
refusedAddresses.addSubnet('ff00::', 8, 'ipv6'); // multicast
refusedAddresses.addAddress('fd00:ec2::254', 'ipv6'); // metadata, AWS
refusedAddresses.addAddress('fd20:ce::254', 'ipv6'); // metadata, Google Cloud
refusedAddresses.addSubnet('::a9fe:0', 112, 'ipv6'); // 169.254/16 as an IPv4-compatible address
refusedAddresses.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6'); // 169.254/16 through NAT64
refusedAddresses.addSubnet('2002:a9fe::', 32, 'ipv6'); // 169.254/16 through 6to4

const metadataNames = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** Whether a host as it stands in a URL (a name, or an address without brackets) may not be asked at all. */
export function isRefusedHost(host: string): boolean {
  if (isIP(host) !== 0) return isRefusedAddress(host);
  return metadataNames.has(host.toLowerCase().replace(/\.$/, ''));
}

function isRefusedAddress(address: string): boolean {
  return refusedAddresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * A lookup for sockets that hands on only allowed addresses, so that the address checked is the address connected to,
 * at every attempt: a name that passed when it was saved may point elsewhere today.
 */
export function guardedLookup(resolveName: ResolveName): LookupFunction {
  return (host, options, answer) => {
    resolveName(host, (error, addresses) => {
      if (error) return answer(error, []);
      const allowed = addresses.filter(({ address }) => !isRefusedAddress(address));
      const [first] = allowed;
      if (first === undefined) return answer(addressRefused(), []);
      if (options.all === true) return answer(null, allowed);
      return answer(null, first.address, first.family);
    });
  };
}

function addressRefused(): NodeJS.ErrnoException {
  return Object.assign(new Error('every address of this name is refused'), { code: addressRefusedCode });
}

/** Whether an address is one of this machine, or of a tunnel that begins on it. */
export function isLoopback(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}
