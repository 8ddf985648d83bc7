import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { AppError } from '../../kernel/app-error.js';

/** Addresses of version 4 that are nobody's on the internet (RFC 6890, IANA special-purpose registry). */
const NOT_PUBLIC = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  NOT_PUBLIC.addSubnet(net, prefix, 'ipv4');
/** Of version 6, inside what is public at all: addresses of version 4 in disguise, and examples. */
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  NOT_PUBLIC.addSubnet(net, prefix, 'ipv6');
const PUBLIC_6 = new BlockList();
PUBLIC_6.addSubnet('2000::', 3, 'ipv6');

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !NOT_PUBLIC.check(address, 'ipv4');
  return isIP(address) === 6 && PUBLIC_6.check(address, 'ipv6') && !NOT_PUBLIC.check(address, 'ipv6');
}

export function isLoopbackAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** Whether the host itself says loopback; what a name leads to is seen when it is resolved. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || isLoopbackAddress(bare(hostname));
}

/** Whether the host itself says an address that nobody on the internet has. */
export function isPrivateHost(hostname: string): boolean {
  const address = bare(hostname);
  return isIP(address) !== 0 && !isPublicAddress(address);
}

/**
 * The one address that is connected to, looked up once: what is checked is what is used. Ours and our neighbours'
 * machines are refused, so that nobody has us speak with what only we can reach.
 *
 * @throws AppError webhook_address
 */
export async function addressToReach(
  hostname: string,
  { allowsLoopback }: { allowsLoopback: boolean },
): Promise<LookupAddress> {
  const host = bare(hostname);
  const version = isIP(host);
  const found = version === 0 ? await lookup(host, { all: true }) : [{ address: host, family: version }];
  const fits = ({ address }: LookupAddress) =>
    isPublicAddress(address) || (allowsLoopback && isLoopbackAddress(address));
  const chosen = found.find(fits);
  if (chosen !== undefined && found.every(fits)) return chosen;
  const text = `${host} leads to an address that is private or not public: give a receiver on the internet.`;
  throw new AppError('webhook_address', text, { field: 'webhook' });
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
