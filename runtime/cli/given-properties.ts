import { StreamError } from '../../platform/errors.ts';
import type { Files } from '../../platform/files.ts';
import { hasCode } from '../../platform/system-error.ts';
import { UsageError } from './errors.ts';
import { propertyEntries } from './java-properties.ts';
import { environmentProperties } from './kafka-environment.ts';

/** The broker's configuration cannot be used; the message has every reason on a line of its own. */
class BrokerConfigurationError extends StreamError {
  constructor(lines: readonly string[]) {
    const count = lines.length === 1 ? 'There is a problem' : `There are ${lines.length} problems`;
    super('CLI_BROKER_CONFIG', `${count} in the configuration of the broker:\n  ${lines.join('\n  ')}`);
  }
}

/** Broker configs from several sources, of which the later ones win, and where each was given. */
export class GivenProperties {
  readonly values = new Map<string, string>();
  /** Sentences about what was given and is not used. */
  readonly notes: string[] = [];
  readonly #origins = new Map<string, string>();

  set(name: string, value: string, origin: string): void {
    this.values.set(name, value);
    this.#origins.set(name, origin);
  }

  /** Adds a `server.properties` file. Throws {@link UsageError} when there is none. */
  addFile(path: string, files: Files): void {
    const lines = new Map<string, number>();
    for (const { name, value, line } of propertyEntries(readText(path, files))) {
      const earlier = lines.get(name);
      if (earlier !== undefined) {
        this.notes.push(`${path}:${line}: ${name} is given again, so line ${earlier} is not used.`);
      }
      lines.set(name, line);
      this.set(name, value, `${path}:${line}`);
    }
  }

  /** Adds `KAFKA_*` variables. */
  addEnvironment(environment: Readonly<Record<string, string | undefined>>): void {
    for (const { variable, name, value } of environmentProperties(environment)) {
      this.set(name, value, variable);
    }
  }

  /** Adds `name=value` pairs. Throws {@link UsageError} for one without a name. */
  addOverrides(texts: readonly string[]): void {
    for (const text of texts) {
      const equals = text.indexOf('=');
      if (equals < 1) throw new UsageError(`--override ${text}: write name=value.`);
      this.set(text.slice(0, equals).trim(), text.slice(equals + 1).trim(), '--override');
    }
  }

  /** Throws {@link BrokerConfigurationError} when there are problems, each behind the places of what it is about. */
  refuse(problems: readonly string[]): void {
    if (problems.length === 0) return;
    throw new BrokerConfigurationError(problems.map((problem) => this.#located(problem)));
  }

  #located(problem: string): string {
    const words = new Set(problem.match(/[a-z][A-Za-z0-9._-]*[A-Za-z0-9]/g) ?? []);
    const origins = [...words].flatMap((word) => this.#origins.get(word) ?? []);
    return origins.length === 0 ? problem : `${[...new Set(origins)].join(', ')}: ${problem}`;
  }
}

function readText(path: string, files: Files): string {
  try {
    return files.readFile(path).toString('utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw new UsageError(`${path}: there is no such file.`);
    if (hasCode(error, 'EISDIR')) throw new UsageError(`${path}: this is a folder, not a file.`);
    throw error;
  }
}
