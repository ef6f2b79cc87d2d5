import { StreamError } from '../../platform/errors.ts';
import { listOf, type Properties } from './properties.ts';

/** Settings of TLS are wrong; the message says which and what to write instead. */
export class SslConfigError extends StreamError {
  constructor(message: string) {
    super('CONNECT_SSL_CONFIG', message);
  }
}

/** The content of a file. Throws the system's error. */
export type ReadFile = (path: string) => Buffer;

/** A certificate with its key: PEM, or PKCS #12. */
export type KeyPair = ({ readonly cert: string; readonly key: string } | { readonly pfx: Uint8Array }) & {
  readonly passphrase?: string;
};

/** `ssl.keystore.*` and `ssl.key.password`, without `ssl.`; undefined when there is none. Throws {@link SslConfigError}. */
export function keyPair(ssl: Properties, readFile: ReadFile): KeyPair | undefined {
  const password = ssl['key.password'] ?? ssl['keystore.password'];
  const passphrase = password === undefined ? {} : { passphrase: password };
  const { 'keystore.certificate.chain': chain, 'keystore.key': key, 'keystore.location': location } = ssl;
  if (chain !== undefined && key !== undefined) return { cert: chain, key, ...passphrase };
  if (location === undefined) return undefined;
  const type = (ssl['keystore.type'] ?? 'JKS').toUpperCase();
  if (type !== 'PKCS12' && type !== 'PEM') throw unreadable('keystore', type, 'PKCS12 or PEM');
  const content = readStore('keystore', location, readFile);
  if (type === 'PKCS12') return { pfx: content, ...passphrase };
  const pem = content.toString('utf8');
  return { cert: pem, key: pem, ...passphrase };
}

/** PEM of `ssl.truststore.*`; undefined when there is none. Throws {@link SslConfigError}. */
export function trustedCertificates(ssl: Properties, readFile: ReadFile): string | undefined {
  const { 'truststore.certificates': certificates, 'truststore.location': location } = ssl;
  if (certificates !== undefined || location === undefined) return certificates;
  const type = (ssl['truststore.type'] ?? 'JKS').toUpperCase();
  if (type !== 'PEM') throw unreadable('truststore', type, 'PEM');
  return readStore('truststore', location, readFile).toString('utf8');
}

/** `ssl.enabled.protocols`. Throws {@link SslConfigError}. */
export function tlsVersions(ssl: Properties) {
  const enabled = listOf(ssl['enabled.protocols'] ?? 'TLSv1.2,TLSv1.3');
  const known = (['TLSv1.2', 'TLSv1.3'] as const).filter((each) => enabled.includes(each));
  const [minVersion] = known;
  const maxVersion = known.at(-1);
  if (minVersion !== undefined && maxVersion !== undefined) return { minVersion, maxVersion };
  throw new SslConfigError(`ssl.enabled.protocols: ${enabled.join(',')} has neither TLSv1.2 nor TLSv1.3.`);
}

function readStore(store: string, location: string, readFile: ReadFile): Buffer {
  try {
    return readFile(location);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SslConfigError(`ssl.${store}.location=${location} cannot be read: ${reason}`);
  }
}

function unreadable(store: string, type: string, instead: string): SslConfigError {
  return new SslConfigError(
    `ssl.${store}.type=${type} cannot be read here: convert the store with keytool or openssl, and set the type to ${instead}.`,
  );
}
