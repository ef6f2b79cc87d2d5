import { diskFiles } from '../../platform/disk-files.ts';
import { UsageError } from './errors.ts';
import { propertyEntries } from './java-properties.ts';

const jaasKey = 'java.security.auth.login.config';

/**
 * A `worker.properties` file as an object, with the JAAS file that KAFKA_OPTS names, as for Kafka's own script. Throws
 * {@link UsageError} when there is no such file, or a key is given twice.
 */
export function workerProperties(
  path: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const jaas = new RegExp(`-D${jaasKey.replaceAll('.', '\\.')}=(\\S+)`).exec(
    environment['KAFKA_OPTS'] ?? '',
  )?.[1];
  const properties: Record<string, string> = jaas === undefined ? {} : { [jaasKey]: jaas };
  if (path === undefined) return properties;
  if (diskFiles.stat(path)?.isDirectory !== false) throw new UsageError(`${path}: there is no such file.`);
  const lines = new Map<string, number>();
  for (const { name, value, line } of propertyEntries(diskFiles.readFile(path).toString('utf8'))) {
    const earlier = lines.get(name);
    if (earlier !== undefined)
      throw new UsageError(`${path}:${line}: ${name} is given again, after line ${earlier}.`);
    lines.set(name, line);
    properties[name] = value;
  }
  return properties;
}
