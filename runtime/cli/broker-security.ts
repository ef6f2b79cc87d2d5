import type { TlsClientOptions } from '../../platform/tls-net.ts';
import {
  keyPair,
  type ReadFile,
  SslConfigError,
  tlsVersions,
  trustedCertificates,
  withPrefix,
} from '../config/index.ts';

type Properties = Readonly<Record<string, string>>;

const sslKeys = new Set(
  [
    ...['truststore.type', 'truststore.location', 'truststore.certificates', 'truststore.password'],
    ...[
      'keystore.type',
      'keystore.location',
      'keystore.certificate.chain',
      'keystore.key',
      'keystore.password',
    ],
    ...['key.password', 'enabled.protocols', 'endpoint.identification.algorithm', 'protocol'],
  ].map((key) => `ssl.${key}`),
);

/** Whether a key is about how a client and its brokers know each other. */
export function isSecurityKey(key: string): boolean {
  return key === 'security.protocol' || sslKeys.has(key);
}

/**
 * What `security.protocol` and `ssl.*` say: TLS or, undefined, none. Adds to `problems` what is wrong. Connectors use the
 * worker's connections: theirs cannot be of another protocol.
 */
export function brokerTls(
  properties: Properties,
  readFile: ReadFile,
  problems: string[],
): TlsClientOptions | undefined {
  const protocol = protocolOf(properties, '') ?? 'PLAINTEXT';
  for (const prefix of ['', 'producer.', 'consumer.', 'admin.']) {
    const own = protocolOf(properties, prefix) ?? (prefix === '' ? protocol : undefined);
    if (own === undefined) continue;
    if (own !== 'PLAINTEXT' && own !== 'SSL') {
      problems.push(`${prefix}security.protocol=${own}: known so far are PLAINTEXT and SSL`);
    } else if (own !== protocol && (protocol === 'PLAINTEXT' || protocol === 'SSL')) {
      problems.push(
        `${prefix}security.protocol=${own}: connectors use the worker's connections, whose security.protocol is ${protocol}`,
      );
    }
  }
  if (protocol !== 'SSL') return undefined;
  try {
    return tlsOf(withPrefix(properties, 'ssl.'), readFile);
  } catch (error) {
    if (!(error instanceof SslConfigError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

function protocolOf(properties: Properties, prefix: string): string | undefined {
  return properties[`${prefix}security.protocol`]?.trim().toUpperCase();
}

function tlsOf(ssl: Properties, readFile: ReadFile): TlsClientOptions {
  const ca = trustedCertificates(ssl, readFile);
  const algorithm = ssl['endpoint.identification.algorithm']?.trim() ?? 'https';
  return {
    ...keyPair(ssl, readFile),
    ...(ca !== undefined && { ca }),
    ...tlsVersions(ssl),
    isHostChecked: algorithm !== '',
  };
}
