/** Variables of the container images that are about the JVM or the image itself. */
const imageOnly =
  /^KAFKA_(VERSION|HOME|MODE|USER|DEBUG|DATA|CONFIG|URL|HEAP_OPTS|OPTS|CONNECT_.*|REST_.*|.*_OPTS|(LOG4J|JMX|TOOLS_LOG4J|GC_LOG|ZOOKEEPER_CLIENT_CNXN).*)$/;

/** A broker config that an environment variable gives. */
export interface EnvironmentProperty {
  readonly variable: string;
  readonly name: string;
  readonly value: string;
}

/**
 * Broker configs in the environment, as Kafka's container images map them: `KAFKA_LOG_RETENTION_MS` is
 * `log.retention.ms`, `__` an underscore and `___` a dash. Variables for the image or the JVM are left out.
 */
export function environmentProperties(
  environment: Readonly<Record<string, string | undefined>>,
): readonly EnvironmentProperty[] {
  return Object.entries(environment).flatMap(([variable, value]) => {
    if (!/^KAFKA_[A-Z0-9_]+$/.test(variable) || imageOnly.test(variable) || value === undefined) return [];
    return [{ variable, name: propertyName(variable.slice('KAFKA_'.length)), value }];
  });
}

/** `CLUSTER_ID`, as the container images take it: the id of the cluster when the data directory is new. */
export function clusterIdOf(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const id = environment['CLUSTER_ID']?.trim();
  return id === '' ? undefined : id;
}

const separators: Readonly<Record<string, string>> = { _: '.', __: '_', ___: '-' };

function propertyName(text: string): string {
  return text.toLowerCase().replace(/_{1,3}/g, (run) => separators[run] ?? run);
}
