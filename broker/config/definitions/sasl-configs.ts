import {
  className,
  defineConfigs,
  double,
  int,
  list,
  long,
  password,
  perBroker,
  short,
  string,
} from '../definition.ts';
import { listOfWords } from '../validator.ts';

/** SASL of listeners. */
// biome-ignore format: a table, one config a line.
export const saslConfigs = defineConfigs({
  'sasl.server.max.receive.size': int(524_288, 'MEDIUM', 'Largest SASL token accepted before authentication.'),
  'sasl.mechanism.inter.broker.protocol': string('GSSAPI', 'MEDIUM', 'SASL mechanism between brokers.', perBroker),
  'sasl.enabled.mechanisms': list('GSSAPI', 'MEDIUM', 'SASL mechanisms offered to clients.', listOfWords, perBroker),
  'sasl.server.callback.handler.class': className(null, 'MEDIUM', 'Class that checks credentials, set per listener and mechanism.'),
  'sasl.kerberos.principal.to.local.rules': list('DEFAULT', 'MEDIUM', 'Rules that shorten a Kerberos name to a user name.', listOfWords, perBroker),
  'sasl.jaas.config': password(null, 'MEDIUM', 'Login settings in JAAS form, set per listener and mechanism.', perBroker),
  'sasl.client.callback.handler.class': className(null, 'MEDIUM', 'Class that supplies client credentials.'),
  'sasl.login.class': className(null, 'MEDIUM', 'Class that logs in.'),
  'sasl.login.callback.handler.class': className(null, 'MEDIUM', 'Class that supplies login credentials.'),
  'sasl.kerberos.service.name': string(null, 'MEDIUM', 'Kerberos service name of the brokers.', perBroker),
  'sasl.kerberos.kinit.cmd': string('/usr/bin/kinit', 'MEDIUM', 'Path of the kinit program.', perBroker),
  'sasl.kerberos.ticket.renew.window.factor': double(0.8, 'MEDIUM', "Share of a ticket's life after which it is renewed.", perBroker),
  'sasl.kerberos.ticket.renew.jitter': double(0.05, 'MEDIUM', 'Random share added to the ticket renewal time.', perBroker),
  'sasl.kerberos.min.time.before.relogin': long(60_000, 'MEDIUM', 'Least time between two Kerberos logins.', perBroker),
  'sasl.login.refresh.window.factor': double(0.8, 'MEDIUM', "Share of a token's life after which it is refreshed.", perBroker),
  'sasl.login.refresh.window.jitter': double(0.05, 'MEDIUM', 'Random share added to the token refresh time.', perBroker),
  'sasl.login.refresh.min.period.seconds': short(60, 'MEDIUM', 'Least seconds between two token refreshes.', perBroker),
  'sasl.login.refresh.buffer.seconds': short(300, 'MEDIUM', 'Seconds before expiry by which a token is refreshed.', perBroker),
  'sasl.login.connect.timeout.ms': int(null, 'LOW', 'Connection timeout towards the token provider.'),
  'sasl.login.read.timeout.ms': int(null, 'LOW', 'Read timeout towards the token provider.'),
  'sasl.login.retry.backoff.max.ms': long(10_000, 'LOW', 'Longest pause between logins at the token provider.'),
  'sasl.login.retry.backoff.ms': long(100, 'LOW', 'First pause between logins at the token provider.'),
});
