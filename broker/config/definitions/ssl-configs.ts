import { boolean, className, defineConfigs, list, password, perBroker, string } from '../definition.ts';
import { listOfWords, oneOf } from '../validator.ts';

/** TLS of listeners. */
// biome-ignore format: a table, one config a line.
export const sslConfigs = defineConfigs({
  'ssl.client.auth': string('none', 'MEDIUM', 'Whether clients must show a certificate: required, requested or none.', oneOf('required', 'requested', 'none'), perBroker),
  'ssl.principal.mapping.rules': string('DEFAULT', 'LOW', "Rules that shorten a certificate's name to a user name."),
  'ssl.allow.dn.changes': boolean(false, 'LOW', 'Accept a reloaded certificate with another distinguished name.'),
  'ssl.allow.san.changes': boolean(false, 'LOW', 'Accept a reloaded certificate with fewer alternative names.'),
  'ssl.protocol': string('TLSv1.3', 'MEDIUM', 'TLS version a context is made for.', perBroker),
  'ssl.provider': string(null, 'MEDIUM', 'Security provider for TLS.', perBroker),
  'ssl.enabled.protocols': list('TLSv1.2,TLSv1.3', 'MEDIUM', 'TLS versions accepted.', listOfWords, perBroker),
  'ssl.keystore.type': string('JKS', 'MEDIUM', 'Format of the key store.', perBroker),
  'ssl.keystore.location': string(null, 'MEDIUM', 'File of the key store.', perBroker),
  'ssl.keystore.password': password(null, 'MEDIUM', 'Password of the key store.', perBroker),
  'ssl.key.password': password(null, 'MEDIUM', 'Password of the private key.', perBroker),
  'ssl.keystore.key': password(null, 'MEDIUM', 'Private key in PEM form.', perBroker),
  'ssl.keystore.certificate.chain': password(null, 'MEDIUM', 'Certificate chain in PEM form.', perBroker),
  'ssl.truststore.type': string('JKS', 'MEDIUM', 'Format of the trust store.', perBroker),
  'ssl.truststore.location': string(null, 'MEDIUM', 'File of the trust store.', perBroker),
  'ssl.truststore.password': password(null, 'MEDIUM', 'Password of the trust store.', perBroker),
  'ssl.truststore.certificates': password(null, 'MEDIUM', 'Trusted certificates in PEM form.', perBroker),
  'ssl.keymanager.algorithm': string('SunX509', 'MEDIUM', 'Algorithm of the key manager.', perBroker),
  'ssl.trustmanager.algorithm': string('PKIX', 'MEDIUM', 'Algorithm of the trust manager.', perBroker),
  'ssl.endpoint.identification.algorithm': string('https', 'LOW', 'How the host name of a peer is checked; empty turns it off.', perBroker),
  'ssl.secure.random.implementation': string(null, 'LOW', 'Random source of TLS.', perBroker),
  'ssl.cipher.suites': list('', 'MEDIUM', 'Cipher suites accepted; empty for the defaults.', listOfWords, perBroker),
  'ssl.engine.factory.class': className(null, 'LOW', 'Class that makes TLS engines.', perBroker),
});
