import { ConfigError } from './errors.ts';
import { invalidValue } from './validator.ts';

export type SecurityProtocol = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';

/** An address to listen on or to tell clients. `host` is empty for all interfaces; `port` 0 lets the system choose. */
export interface Listener {
  /** Upper case. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly securityProtocol: SecurityProtocol;
}

/** Numbers of the security protocols in broker registrations. */
export const securityProtocolIds: Readonly<Record<SecurityProtocol, number>> = {
  PLAINTEXT: 0,
  SSL: 1,
  SASL_PLAINTEXT: 2,
  SASL_SSL: 3,
};

const protocolNames = Object.keys(securityProtocolIds).join(', ');

/** Security protocols by listener name, upper case. */
export type ProtocolMap = ReadonlyMap<string, SecurityProtocol>;

/**
 * Listeners from `NAME://host:port` texts of config `name`. Throws {@link ConfigError} with every malformed address,
 * port out of range, name without security protocol, and name or fixed port that is used twice.
 */
export function parseListeners(
  name: 'listeners' | 'advertised.listeners',
  addresses: readonly string[],
  protocols: ProtocolMap,
): readonly Listener[] {
  const problems: string[] = [];
  const listeners = addresses.flatMap((address): Listener[] => {
    const parsed = parseListener(address, protocols);
    if (typeof parsed !== 'string') return [parsed];
    problems.push(invalidValue(name, address, parsed));
    return [];
  });
  if (repeated(listeners.map((listener) => listener.name)).length > 0) {
    problems.push(invalidValue(name, addresses, 'Each listener must have a different name'));
  }
  if (name === 'listeners' && shareAPort(listeners)) {
    problems.push(invalidValue(name, addresses, 'Each listener must have a different port'));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return listeners;
}

/** The names in `listener.security.protocol.map`. Throws {@link ConfigError} with everything that is wrong with it. */
export function parseProtocolMap(text: string): ProtocolMap {
  const config = 'listener.security.protocol.map';
  const problems: string[] = [];
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  const entries = pairs.flatMap((pair): [string, SecurityProtocol][] => {
    const [name = '', protocol = '', ...more] = pair.split(':').map((word) => word.trim().toUpperCase());
    if (name !== '' && isSecurityProtocol(protocol) && more.length === 0) return [[name, protocol]];
    problems.push(invalidValue(config, pair.trim(), `Give NAME:PROTOCOL with one of ${protocolNames}`));
    return [];
  });
  for (const name of repeated(entries.map(([each]) => each))) {
    problems.push(invalidValue(config, text, `Listener ${name} has two security protocols`));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return new Map(entries);
}

/** The listener of an address, or what is wrong with it. */
function parseListener(address: string, protocols: ProtocolMap): Listener | string {
  const match = /^([^:/]+):\/\/(?:\[([0-9a-fA-F:.%]+)\]|([^:/[\]]*)):(\d{1,9})$/.exec(address);
  if (match === null) return 'Unable to parse to a broker endpoint: give NAME://host:port';
  const port = Number(match[4]);
  if (port > 65_535) return `Unable to parse to a broker endpoint: port ${port} is not between 0 and 65535`;
  const name = (match[1] ?? '').toUpperCase();
  const securityProtocol = protocols.get(name);
  if (securityProtocol === undefined) {
    return `No security protocol defined for listener ${name} in listener.security.protocol.map`;
  }
  return { name, host: match[2] ?? match[3] ?? '', port, securityProtocol };
}

/** Whether two listeners could not both be bound. */
function shareAPort(listeners: readonly Listener[]): boolean {
  return listeners.some(({ host, port }, i) =>
    listeners.slice(i + 1).some((other) => port !== 0 && port === other.port && overlap(host, other.host)),
  );
}

function overlap(host: string, other: string): boolean {
  return (
    host === other ||
    [host, other].includes('') ||
    ([host, other].includes('0.0.0.0') && isIPv4Pair(host, other))
  );
}

function isIPv4Pair(host: string, other: string): boolean {
  return !host.includes(':') && !other.includes(':');
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) < i))];
}

function isSecurityProtocol(text: string): text is SecurityProtocol {
  return Object.hasOwn(securityProtocolIds, text);
}
