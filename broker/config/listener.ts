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

/**
 * Listeners from `NAME://host:port` texts of config `name`. `protocolMap` is `listener.security.protocol.map`. Throws
 * {@link ConfigError} for a malformed address, an unmapped name, a name or a fixed port used twice.
 */
export function parseListeners(
  name: 'listeners' | 'advertised.listeners',
  addresses: readonly string[],
  protocolMap: string,
): readonly Listener[] {
  const protocols = parseProtocolMap(protocolMap);
  const listeners = addresses.map((address) => parseListener(name, address, protocols));
  if (new Set(listeners.map((listener) => listener.name)).size < listeners.length) {
    throw new ConfigError(invalidValue(name, addresses, 'Each listener must have a different name'));
  }
  const bound = listeners.filter(({ port }) => port !== 0).map(({ host, port }) => `${host}:${port}`);
  if (name === 'listeners' && new Set(bound).size < bound.length) {
    throw new ConfigError(invalidValue(name, addresses, 'Each listener must have a different port'));
  }
  return listeners;
}

function parseListener(
  config: string,
  address: string,
  protocols: ReadonlyMap<string, SecurityProtocol>,
): Listener {
  const match = /^([^:/]+):\/\/(?:\[([0-9a-fA-F:.%]+)\]|([^:/[\]]*)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[4]);
  if (match === null || port > 65_535) {
    throw new ConfigError(
      invalidValue(config, address, 'Unable to parse to a broker endpoint: give NAME://host:port'),
    );
  }
  const name = (match[1] ?? '').toUpperCase();
  const securityProtocol = protocols.get(name);
  if (securityProtocol === undefined) {
    const finding = `No security protocol defined for listener ${name} in listener.security.protocol.map`;
    throw new ConfigError(invalidValue(config, address, finding));
  }
  return { name, host: match[2] ?? match[3] ?? '', port, securityProtocol };
}

function parseProtocolMap(text: string): ReadonlyMap<string, SecurityProtocol> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return new Map(
    pairs.map((pair): [string, SecurityProtocol] => {
      const [name = '', protocol = ''] = pair.split(':').map((word) => word.trim().toUpperCase());
      if (!isSecurityProtocol(protocol)) {
        throw new ConfigError(
          invalidValue(
            'listener.security.protocol.map',
            pair,
            "Give NAME:PROTOCOL with one of Kafka's protocols",
          ),
        );
      }
      return [name, protocol];
    }),
  );
}

function isSecurityProtocol(text: string): text is SecurityProtocol {
  return Object.hasOwn(securityProtocolIds, text);
}
