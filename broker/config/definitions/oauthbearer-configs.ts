import { boolean, className, defineConfigs, int, list, long, password, string } from '../definition.ts';
import { between, listOfWords, oneOfIgnoringCase } from '../validator.ts';

/** SASL/OAUTHBEARER. */
// biome-ignore format: a table, one config a line.
export const oauthbearerConfigs = defineConfigs({
  'sasl.oauthbearer.jwt.retriever.class': className('org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever', 'MEDIUM', 'Class that obtains tokens.'),
  'sasl.oauthbearer.jwt.validator.class': className('org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator', 'MEDIUM', 'Class that validates tokens.'),
  'sasl.oauthbearer.scope': string(null, 'MEDIUM', 'Scope asked for with a token.'),
  'sasl.oauthbearer.client.credentials.client.id': string(null, 'MEDIUM', 'Client id sent to the token provider.'),
  'sasl.oauthbearer.client.credentials.client.secret': password(null, 'MEDIUM', 'Client secret sent to the token provider.'),
  'sasl.oauthbearer.assertion.algorithm': string('RS256', 'MEDIUM', 'Signature algorithm of the login assertion.', oneOfIgnoringCase('ES256', 'RS256')),
  'sasl.oauthbearer.assertion.claim.aud': string(null, 'MEDIUM', 'Audience of the login assertion.'),
  'sasl.oauthbearer.assertion.claim.exp.seconds': int(300, 'LOW', 'Seconds the login assertion is valid.', between(0, 86_400)),
  'sasl.oauthbearer.assertion.claim.iss': string(null, 'MEDIUM', 'Issuer of the login assertion.'),
  'sasl.oauthbearer.assertion.claim.jti.include': boolean(false, 'MEDIUM', 'Give each login assertion an id.'),
  'sasl.oauthbearer.assertion.claim.nbf.seconds': int(60, 'LOW', 'Seconds by which the login assertion is valid before now.', between(0, 3600)),
  'sasl.oauthbearer.assertion.claim.sub': string(null, 'MEDIUM', 'Subject of the login assertion.'),
  'sasl.oauthbearer.assertion.file': string(null, 'MEDIUM', 'File of a ready-made login assertion.'),
  'sasl.oauthbearer.assertion.private.key.file': string(null, 'MEDIUM', 'File of the key that signs the login assertion.'),
  'sasl.oauthbearer.assertion.private.key.passphrase': password(null, 'MEDIUM', 'Passphrase of the key that signs the login assertion.'),
  'sasl.oauthbearer.assertion.template.file': string(null, 'MEDIUM', 'File with claims to put into the login assertion.'),
  'sasl.oauthbearer.scope.claim.name': string('scope', 'LOW', 'Claim that holds the scope.'),
  'sasl.oauthbearer.sub.claim.name': string('sub', 'LOW', 'Claim that holds the subject.'),
  'sasl.oauthbearer.token.endpoint.url': string(null, 'MEDIUM', 'Address tokens are obtained at.'),
  'sasl.oauthbearer.jwks.endpoint.url': string(null, 'MEDIUM', "Address of the token provider's public keys."),
  'sasl.oauthbearer.jwks.endpoint.refresh.ms': long(3_600_000, 'LOW', 'Time between two reads of the public keys.'),
  'sasl.oauthbearer.jwks.endpoint.retry.backoff.ms': long(100, 'LOW', 'First pause after a failed read of the public keys.'),
  'sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms': long(10_000, 'LOW', 'Longest pause after a failed read of the public keys.'),
  'sasl.oauthbearer.clock.skew.seconds': int(30, 'LOW', 'Seconds by which clocks may differ when a token is checked.'),
  'sasl.oauthbearer.expected.audience': list('', 'HIGH', 'Audiences a token may be for; empty accepts any.', listOfWords),
  'sasl.oauthbearer.expected.issuer': string(null, 'HIGH', 'Issuer a token must come from; any when absent.'),
});
