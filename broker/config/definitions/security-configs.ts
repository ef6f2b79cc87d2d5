import { className, defineConfigs, long, password, perBroker, string } from '../definition.ts';
import { atLeast } from '../validator.ts';

/** Principals, re-authentication and delegation tokens. */
// biome-ignore format: a table, one config a line.
export const securityConfigs = defineConfigs({
  'connections.max.reauth.ms': long(0, 'MEDIUM', 'Time after which a SASL client must authenticate again, 0 never.'),
  'security.providers': string(null, 'LOW', 'Classes that add security algorithms.'),
  'principal.builder.class': className('org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder', 'MEDIUM', "Class that turns a connection's identity into a principal.", perBroker),
  'delegation.token.secret.key': password(null, 'MEDIUM', 'Key that signs delegation tokens, the same on all brokers.'),
  'delegation.token.max.lifetime.ms': long(604_800_000, 'MEDIUM', 'Age a delegation token cannot be renewed beyond.', atLeast(1)),
  'delegation.token.expiry.time.ms': long(86_400_000, 'MEDIUM', 'Time until a delegation token must be renewed.', atLeast(1)),
  'delegation.token.expiry.check.interval.ms': long(3_600_000, 'LOW', 'Time between two looks for expired delegation tokens.', atLeast(1)),
});
