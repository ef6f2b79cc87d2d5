import { join } from 'node:path';
import { Child, until } from './child.ts';
import { millraceCommand } from './install.ts';

/** How a registry is started. */
export interface RegistryProcessOptions {
  readonly bootstrap: string;
  /** Its log goes to `registry-NAME.log` in this folder. */
  readonly directory: string;
  readonly name: string;
  readonly level?: 7 | 8;
  readonly topic?: string;
  readonly groupId?: string;
}

/** One `millrace registry` on a cluster. */
export class RegistryProcess {
  readonly url: string;
  readonly #child: Child;

  private constructor(child: Child, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Resolves when it says that it is ready. */
  static async start(options: RegistryProcessOptions): Promise<RegistryProcess> {
    const {
      bootstrap,
      directory,
      name,
      level = 8,
      topic = '_schemas',
      groupId = 'schema-registry',
    } = options;
    const { command, args, env = {} } = millraceCommand();
    const flags = ['--bootstrap-server', bootstrap, '--port', '0', '--json', '--compat-level', String(level)];
    const child = new Child(
      command,
      [...args, 'registry', ...flags, '--topic', topic, '--group-id', groupId],
      { env, stderrFile: join(directory, `registry-${name}.log`) },
    );
    const ready = await until('the registry says that it is ready', 30_000, () => {
      if (!child.isRunning) throw new Error(`the registry ended with exit code ${child.exitCode}: ${name}`);
      return child.facts.find((fact) => typeof fact['registry'] === 'string');
    });
    return new RegistryProcess(child, String(ready['registry']));
  }

  get isRunning(): boolean {
    return this.#child.isRunning;
  }

  /** Stops it in order; one that does not end by itself, or ends with a failure, is an error. */
  async stop(): Promise<void> {
    const { code } = await this.#child.stop('SIGTERM', 20_000);
    if (code !== 0) throw new Error(`the registry ended with exit code ${code}`);
  }

  /** Ends it without giving it a chance to write anything. */
  async kill(): Promise<void> {
    await this.#child.stop('SIGKILL');
  }
}
