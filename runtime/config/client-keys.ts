import type { ConfigKey, ConfigType } from '../plugin/index.ts';

/** The clients whose configs a connector may override. */
export type ClientKind = 'producer' | 'consumer' | 'admin';

/**
 * Kafka 4.3's client configs, a line each: clients (producer, consumer, admin), type, importance, name, and the default:
 * `-` for none, `null`, or a text in quotes.
 */
const table = `
p STRING LOW acks "all"
c BOOLEAN MEDIUM allow.auto.create.topics "true"
c INT LOW auto.commit.interval.ms "5000"
c STRING MEDIUM auto.offset.reset "latest"
p INT MEDIUM batch.size "16384"
a LIST HIGH bootstrap.controllers ""
a LIST HIGH bootstrap.servers ""
pc LIST HIGH bootstrap.servers -
p LONG HIGH buffer.memory "33554432"
c BOOLEAN LOW check.crcs "true"
pca STRING MEDIUM client.dns.lookup "use_all_dns_ips"
c STRING LOW client.id ""
pa STRING MEDIUM client.id ""
c STRING LOW client.rack ""
p INT MEDIUM compression.gzip.level "-1"
p INT MEDIUM compression.lz4.level "9"
p STRING HIGH compression.type "none"
p INT MEDIUM compression.zstd.level "3"
pca LIST LOW config.providers ""
a LONG MEDIUM connections.max.idle.ms "300000"
pc LONG MEDIUM connections.max.idle.ms "540000"
ca INT MEDIUM default.api.timeout.ms "60000"
p INT MEDIUM delivery.timeout.ms "120000"
c BOOLEAN MEDIUM enable.auto.commit "true"
p BOOLEAN LOW enable.idempotence "true"
a BOOLEAN LOW enable.metrics.push "false"
pc BOOLEAN LOW enable.metrics.push "true"
c BOOLEAN MEDIUM exclude.internal.topics "true"
c INT MEDIUM fetch.max.bytes "52428800"
c INT LOW fetch.max.wait.ms "500"
c INT HIGH fetch.min.bytes "1"
c STRING HIGH group.id null
c STRING MEDIUM group.instance.id null
c STRING HIGH group.protocol "classic"
c STRING MEDIUM group.remote.assignor null
c INT HIGH heartbeat.interval.ms "3000"
pc LIST LOW interceptor.classes ""
c BOOLEAN LOW internal.throw.on.fetch.stable.offset.unsupported "false"
c STRING MEDIUM isolation.level "read_uncommitted"
c CLASS HIGH key.deserializer -
p CLASS HIGH key.serializer -
p LONG MEDIUM linger.ms "5"
p LONG MEDIUM max.block.ms "60000"
p INT LOW max.in.flight.requests.per.connection "5"
c INT HIGH max.partition.fetch.bytes "1048576"
c INT MEDIUM max.poll.interval.ms "300000"
c INT MEDIUM max.poll.records "500"
p INT MEDIUM max.request.size "1048576"
pca LONG LOW metadata.max.age.ms "300000"
p LONG LOW metadata.max.idle.ms "300000"
pca LONG LOW metadata.recovery.rebootstrap.trigger.ms "300000"
pca STRING LOW metadata.recovery.strategy "rebootstrap"
pca LIST LOW metric.reporters "org.apache.kafka.common.metrics.JmxReporter"
pca INT LOW metrics.num.samples "2"
pca STRING LOW metrics.recording.level "INFO"
pca LONG LOW metrics.sample.window.ms "30000"
c LIST MEDIUM partition.assignment.strategy "class org.apache.kafka.clients.consumer.RangeAssignor,class org.apache.kafka.clients.consumer.CooperativeStickyAssignor"
p BOOLEAN LOW partitioner.adaptive.partitioning.enable "true"
p LONG LOW partitioner.availability.timeout.ms "0"
p CLASS MEDIUM partitioner.class null
p BOOLEAN MEDIUM partitioner.ignore.keys "false"
p INT MEDIUM receive.buffer.bytes "32768"
ca INT MEDIUM receive.buffer.bytes "65536"
pca LONG LOW reconnect.backoff.max.ms "1000"
pca LONG LOW reconnect.backoff.ms "50"
pca INT MEDIUM request.timeout.ms "30000"
p INT HIGH retries "2147483647"
a INT LOW retries "2147483647"
pca LONG LOW retry.backoff.max.ms "1000"
pca LONG LOW retry.backoff.ms "100"
pca CLASS MEDIUM sasl.client.callback.handler.class null
pca PASSWORD MEDIUM sasl.jaas.config null
pca STRING LOW sasl.kerberos.kinit.cmd "/usr/bin/kinit"
pca LONG LOW sasl.kerberos.min.time.before.relogin "60000"
pca STRING MEDIUM sasl.kerberos.service.name null
pca DOUBLE LOW sasl.kerberos.ticket.renew.jitter "0.05"
pca DOUBLE LOW sasl.kerberos.ticket.renew.window.factor "0.8"
pca CLASS MEDIUM sasl.login.callback.handler.class null
pca CLASS MEDIUM sasl.login.class null
pca INT LOW sasl.login.connect.timeout.ms null
pca INT LOW sasl.login.read.timeout.ms null
pca SHORT LOW sasl.login.refresh.buffer.seconds "300"
pca SHORT LOW sasl.login.refresh.min.period.seconds "60"
pca DOUBLE LOW sasl.login.refresh.window.factor "0.8"
pca DOUBLE LOW sasl.login.refresh.window.jitter "0.05"
pca LONG LOW sasl.login.retry.backoff.max.ms "10000"
pca LONG LOW sasl.login.retry.backoff.ms "100"
pca STRING MEDIUM sasl.mechanism "GSSAPI"
pca STRING MEDIUM sasl.oauthbearer.assertion.algorithm "RS256"
pca STRING MEDIUM sasl.oauthbearer.assertion.claim.aud null
pca INT LOW sasl.oauthbearer.assertion.claim.exp.seconds "300"
pca STRING MEDIUM sasl.oauthbearer.assertion.claim.iss null
pca BOOLEAN MEDIUM sasl.oauthbearer.assertion.claim.jti.include "false"
pca INT LOW sasl.oauthbearer.assertion.claim.nbf.seconds "60"
pca STRING MEDIUM sasl.oauthbearer.assertion.claim.sub null
pca STRING MEDIUM sasl.oauthbearer.assertion.file null
pca STRING MEDIUM sasl.oauthbearer.assertion.private.key.file null
pca PASSWORD MEDIUM sasl.oauthbearer.assertion.private.key.passphrase null
pca STRING MEDIUM sasl.oauthbearer.assertion.template.file null
pca STRING MEDIUM sasl.oauthbearer.client.credentials.client.id null
pca PASSWORD MEDIUM sasl.oauthbearer.client.credentials.client.secret null
pca INT LOW sasl.oauthbearer.clock.skew.seconds "30"
pca LIST HIGH sasl.oauthbearer.expected.audience ""
pca STRING HIGH sasl.oauthbearer.expected.issuer null
pca BOOLEAN LOW sasl.oauthbearer.header.urlencode "false"
pca LONG LOW sasl.oauthbearer.jwks.endpoint.refresh.ms "3600000"
pca LONG LOW sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms "10000"
pca LONG LOW sasl.oauthbearer.jwks.endpoint.retry.backoff.ms "100"
pca STRING MEDIUM sasl.oauthbearer.jwks.endpoint.url null
pca CLASS MEDIUM sasl.oauthbearer.jwt.retriever.class "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever"
pca CLASS MEDIUM sasl.oauthbearer.jwt.validator.class "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator"
pca STRING MEDIUM sasl.oauthbearer.scope null
pca STRING LOW sasl.oauthbearer.scope.claim.name "scope"
pca STRING LOW sasl.oauthbearer.sub.claim.name "sub"
pca STRING MEDIUM sasl.oauthbearer.token.endpoint.url null
pca STRING MEDIUM security.protocol "PLAINTEXT"
pca STRING LOW security.providers null
pca INT MEDIUM send.buffer.bytes "131072"
c INT HIGH session.timeout.ms "45000"
c STRING MEDIUM share.acknowledgement.mode "implicit"
c STRING MEDIUM share.acquire.mode "BATCH_OPTIMIZED"
pca LONG MEDIUM socket.connection.setup.timeout.max.ms "30000"
pca LONG MEDIUM socket.connection.setup.timeout.ms "10000"
pca LIST LOW ssl.cipher.suites ""
pca LIST MEDIUM ssl.enabled.protocols "TLSv1.2,TLSv1.3"
pca STRING LOW ssl.endpoint.identification.algorithm "https"
pca CLASS LOW ssl.engine.factory.class null
pca PASSWORD HIGH ssl.key.password null
pca STRING LOW ssl.keymanager.algorithm "SunX509"
pca PASSWORD HIGH ssl.keystore.certificate.chain null
pca PASSWORD HIGH ssl.keystore.key null
pca STRING HIGH ssl.keystore.location null
pca PASSWORD HIGH ssl.keystore.password null
pca STRING MEDIUM ssl.keystore.type "JKS"
pca STRING MEDIUM ssl.protocol "TLSv1.3"
pca STRING MEDIUM ssl.provider null
pca STRING LOW ssl.secure.random.implementation null
pca STRING LOW ssl.trustmanager.algorithm "PKIX"
pca PASSWORD HIGH ssl.truststore.certificates null
pca STRING HIGH ssl.truststore.location null
pca PASSWORD HIGH ssl.truststore.password null
pca STRING MEDIUM ssl.truststore.type "JKS"
p INT LOW transaction.timeout.ms "60000"
p BOOLEAN LOW transaction.two.phase.commit.enable "false"
p STRING LOW transactional.id null
c CLASS HIGH value.deserializer -
p CLASS HIGH value.serializer -
`;

let known: ReadonlyMap<string, ConfigKey> | undefined;

/** How Kafka Connect describes the override of a client's config; null for one that the client does not have. */
export function overrideDefinition(client: ClientKind, key: string): ConfigKey | null {
  known ??= readTable();
  const definition = known.get(`${client}.${key}`);
  return definition === undefined ? null : { ...definition, name: `${client}.override.${key}` };
}

const clients = { p: 'producer', c: 'consumer', a: 'admin' } as const;

function readTable(): ReadonlyMap<string, ConfigKey> {
  const keys = new Map<string, ConfigKey>();
  for (const line of table.trim().split('\n')) {
    const [letters = '', type = '', importance = '', name = '', ...words] = line.split(' ');
    const text = words.join(' ');
    const key: ConfigKey = {
      name,
      type: type as ConfigType,
      required: text === '-',
      default_value: text.startsWith('"') ? text.slice(1, -1) : null,
      importance: importance as ConfigKey['importance'],
      documentation: '',
      group: null,
      order_in_group: -1,
      width: 'NONE',
      display_name: name,
      dependents: [],
    };
    for (const letter of letters) keys.set(`${clients[letter as keyof typeof clients]}.${name}`, key);
  }
  return keys;
}
