import type { HttpTls } from '../../platform/lazy-http-server.ts';
import { listOf, type Properties, withPrefix } from '../config/index.ts';
import { RestConfigError } from './rest-error.ts';

/** The content of a file. Throws the system's error. */
export type ReadFile = (path: string) => Buffer;

/**
 * Reads `listeners.https.ssl.*`, or `ssl.*` where there is none of them: key stores as PEM or PKCS #12, trust stores as
 * PEM. Throws RestConfigError.
 */
export function tlsSettings(properties: Properties, readFile: ReadFile): HttpTls {
  const own = withPrefix(properties, 'listeners.https.ssl.');
  const ssl = Object.keys(own).length > 0 ? own : withPrefix(properties, 'ssl.');
  return { ...keyStore(ssl, readFile), ...trustStore(ssl, readFile), ...protocols(ssl) };
}

function keyStore(ssl: Properties, readFile: ReadFile): HttpTls {
  const password = ssl['key.password'] ?? ssl['keystore.password'];
  const passphrase = password === undefined ? {} : { passphrase: password };
  const { 'keystore.certificate.chain': chain, 'keystore.key': key } = ssl;
  if (chain !== undefined && key !== undefined) return { cert: chain, key, ...passphrase };
  const location = ssl['keystore.location'];
  if (location === undefined) {
    throw new RestConfigError('https needs a key store: set listeners.https.ssl.keystore.location.');
  }
  const type = (ssl['keystore.type'] ?? 'JKS').toUpperCase();
  if (type === 'PKCS12') return { pfx: readFile(location), ...passphrase };
  if (type !== 'PEM') throw unreadable('keystore', type, 'PKCS12 or PEM');
  const pem = readFile(location).toString('utf8');
  return { cert: pem, key: pem, ...passphrase };
}

function trustStore(ssl: Properties, readFile: ReadFile): HttpTls {
  const auth = ssl['client.auth'] ?? 'none';
  if (auth === 'none') return {};
  if (auth !== 'requested' && auth !== 'required') {
    throw new RestConfigError(`ssl.client.auth: ${auth} must be none, requested or required.`);
  }
  const location = ssl['truststore.location'];
  const type = (ssl['truststore.type'] ?? 'JKS').toUpperCase();
  const certificates = ssl['truststore.certificates'];
  if (certificates === undefined && location !== undefined && type !== 'PEM') {
    throw unreadable('truststore', type, 'PEM');
  }
  const ca = certificates ?? (location === undefined ? undefined : readFile(location).toString('utf8'));
  return { requestCert: true, rejectUnauthorized: auth === 'required', ...(ca !== undefined && { ca }) };
}

function protocols(ssl: Properties): HttpTls {
  const enabled = listOf(ssl['enabled.protocols'] ?? 'TLSv1.2,TLSv1.3');
  const served = (['TLSv1.2', 'TLSv1.3'] as const).filter((each) => enabled.includes(each));
  const [minVersion] = served;
  const maxVersion = served.at(-1);
  if (minVersion !== undefined && maxVersion !== undefined) return { minVersion, maxVersion };
  throw new RestConfigError(`ssl.enabled.protocols: ${enabled.join(',')} has neither TLSv1.2 nor TLSv1.3.`);
}

function unreadable(store: string, type: string, instead: string): RestConfigError {
  return new RestConfigError(
    `ssl.${store}.type=${type} cannot be read here: convert the store with keytool or openssl, and set the type to ${instead}.`,
  );
}
