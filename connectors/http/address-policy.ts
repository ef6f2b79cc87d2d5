import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { FatalError } from '../../runtime/plugin/index.ts';

/** Says whether an IP address may be connected to: undefined when it may, else what kind of address it is. */
export type AddressPolicy = (address: string) => string | undefined;

/** Ranges that only serve the own computer or network. `allow.private.addresses` opens them. */
const privateRanges = {
  ipv4: [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
  ],
  ipv6: ['::/127', 'fc00::/7', 'fec0::/10', '64:ff9b:1::/48'],
};

/**
 * Never the address of a service that takes records: link-local with the metadata service of most clouds, the metadata services
 * of others, multicast, reserved, tunnels that hide an IPv4 address.
 */
const forbiddenRanges = {
  ipv4: ['169.254.0.0/16', '100.100.100.200/32', '168.63.129.16/32', '224.0.0.0/4', '240.0.0.0/4'],
  ipv6: ['fe80::/10', 'fd00:ec2::254/128', 'ff00::/8', '2001::/32', '2002::/16', '::/96', '100::/64'],
};

const forbidden = blockList(forbiddenRanges);
const local = blockList(privateRanges);
const own = blockList({ ipv4: [], ipv6: ['::/127'] });

/** The policy of a sink. What is not an IP address is denied. */
export function addressPolicy(options: { allowsPrivate: boolean }): AddressPolicy {
  return (address) => {
    // A link-local address may name its network interface.
    const [plain = ''] = address.split('%');
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(plain) === 0) return 'not an IP address';
    const isOwn = own.check(plain, family);
    if (!isOwn && forbidden.check(plain, family)) return 'a link-local, metadata or reserved address';
    const isDenied = !options.allowsPrivate && local.check(plain, family);
    return isDenied ? 'a loopback or private address' : undefined;
  };
}

/** An IPv6 range also covers the IPv4 ones in it: mapped (by BlockList itself) and behind NAT64. */
function blockList(ranges: {
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}): BlockList {
  const list = new BlockList();
  for (const [network, length] of ranges.ipv4.map(split)) {
    list.addSubnet(network, length, 'ipv4');
    list.addSubnet(`64:ff9b::${network}`, 96 + length, 'ipv6');
  }
  for (const [network, length] of ranges.ipv6.map(split)) list.addSubnet(network, length, 'ipv6');
  return list;
}

function split(range: string): [network: string, length: number] {
  const [network = '', length] = range.split('/');
  return [network, Number(length)];
}

/** Resolves names. `dns.lookup` is one. */
export type ResolveAll = (
  host: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A lookup for sockets that yields only addresses which `policy` allows. The socket connects to what was checked, so a name
 * that resolves to something else a moment later changes nothing.
 */
export function guardedLookup(policy: AddressPolicy, resolve: ResolveAll = systemLookup): LookupFunction {
  return (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '');
      const allowed = addresses.filter(({ address }) => policy(address) === undefined);
      const [first] = allowed;
      if (first === undefined) return done(denied(host, addresses[0]?.address, policy), '');
      if (options.all === true) return done(null, allowed);
      done(null, first.address, first.family);
    });
  };
}

/** Throws what {@link guardedLookup} reports when the host of a URL is an address itself: sockets do not look it up. */
export function checkHost(url: URL, policy: AddressPolicy): void {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 && policy(host) !== undefined) throw denied(host, host, policy);
}

function denied(host: string, address: string | undefined, policy: AddressPolicy): FatalError {
  const kind = address === undefined ? 'nothing' : policy(address);
  const what = address === host ? `${host} is ${kind}` : `${host} resolves to ${address ?? ''}, ${kind}`;
  const advice =
    kind === 'a loopback or private address'
      ? 'Set allow.private.addresses to true if records may be sent there.'
      : 'Records are never sent there.';
  return new FatalError(`${what}. ${advice}`);
}
