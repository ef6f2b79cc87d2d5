import type { HttpTls } from '../../platform/lazy-http-server.ts';
import {
  keyPair,
  type Properties,
  type ReadFile,
  tlsVersions,
  trustedCertificates,
  withPrefix,
} from '../config/index.ts';
import { RestConfigError } from './rest-error.ts';

/**
 * Reads `listeners.https.ssl.*`, or `ssl.*` where there is none of them: key stores as PEM or PKCS #12, trust stores as
 * PEM. Throws RestConfigError and SslConfigError.
 */
export function tlsSettings(properties: Properties, readFile: ReadFile): HttpTls {
  const own = withPrefix(properties, 'listeners.https.ssl.');
  const ssl = Object.keys(own).length > 0 ? own : withPrefix(properties, 'ssl.');
  const keys = keyPair(ssl, readFile);
  if (keys === undefined) {
    throw new RestConfigError('https needs a key store: set listeners.https.ssl.keystore.location.');
  }
  return { ...keys, ...clientsOf(ssl, readFile), ...tlsVersions(ssl) };
}

function clientsOf(ssl: Properties, readFile: ReadFile): HttpTls {
  const auth = ssl['client.auth'] ?? 'none';
  if (auth === 'none') return {};
  if (auth !== 'requested' && auth !== 'required') {
    throw new RestConfigError(`ssl.client.auth: ${auth} must be none, requested or required.`);
  }
  const ca = trustedCertificates(ssl, readFile);
  return { requestCert: true, rejectUnauthorized: auth === 'required', ...(ca !== undefined && { ca }) };
}
