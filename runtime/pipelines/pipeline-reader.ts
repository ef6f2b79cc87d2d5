import {
  type ConfigOf,
  type ConfigSchema,
  type Plugin,
  PluginError,
  type PluginKind,
  type PluginRegistry,
  parsePluginConfig,
  type RawConfig,
} from '../plugin/index.ts';
import type {
  Pipeline,
  PipelineConnector,
  PipelineErrors,
  PipelineFormat,
  PipelineTopic,
  PipelineTransform,
} from './pipeline.ts';
import type { Path, PipelineDocument } from './pipeline-document.ts';
import type { PipelineProblem } from './problem.ts';
import { sections } from './sections.ts';

const NAME = /^[A-Za-z0-9._-]{1,249}$/;
/** Handled by the worker or derived from the rest of the file; not for a connector's own config. */
const DERIVED_KEYS: Readonly<Record<string, string>> = {
  name: 'name',
  'connector.class': 'connector',
  'tasks.max': 'tasks',
  transforms: 'transforms',
  topics: 'topic.name',
};

/** Reads the text of a schema file that a pipeline names; throws the system's error. */
export type SchemaFileReader = (path: string) => string;

/** Turns a parsed file into a {@link Pipeline}, noting everything that is wrong with it. */
export class PipelineReader {
  readonly problems: PipelineProblem[] = [];
  readonly #document: PipelineDocument;
  readonly #plugins: PluginRegistry;
  readonly #readSchemaFile: SchemaFileReader;

  constructor(document: PipelineDocument, plugins: PluginRegistry, readSchemaFile: SchemaFileReader) {
    this.#document = document;
    this.#plugins = plugins;
    this.#readSchemaFile = readSchemaFile;
  }

  /** The pipeline; of use only when {@link problems} stays empty. */
  read(value: unknown): Pipeline | undefined {
    if (!isGroup(value)) {
      this.#note([], 'A pipeline file is a map with name, source, topic, sinks and errors.');
      return undefined;
    }
    const { name = '' } = this.#section(sections.pipeline, value, []);
    if (name !== '' && !NAME.test(name))
      this.#note(['name'], 'A name has letters, digits, ".", "_" and "-" only.');
    const source = value['source'] === undefined ? undefined : this.#source(value['source'], name);
    const sinks = this.#sinks(value['sinks'], name);
    const topic = this.#topic(value['topic'], name);
    if (source === undefined && sinks.length === 0) {
      this.#note([], 'A pipeline needs a source, sinks, or both: there is nothing to do.');
    }
    return { name, source, topic, sinks, errors: this.#errors(value['errors']) };
  }

  #source(value: unknown, pipeline: string): PipelineConnector | undefined {
    return this.#connector('source', value, ['source'], (name) => `${pipeline}-${name ?? 'source'}`);
  }

  #sinks(value: unknown, pipeline: string): PipelineConnector[] {
    const items = this.#list(value, ['sinks']);
    const sinks = items.flatMap((item, i) => {
      const nameOf = (name: string | undefined, connector: string) => `${pipeline}-${name ?? connector}`;
      return this.#connector('sink', item, ['sinks', i], nameOf) ?? [];
    });
    for (const [i, { name }] of sinks.entries()) {
      if (sinks.findIndex((other) => other.name === name) === i) continue;
      const hint = 'Give each sink a name of its own.';
      this.#note(['sinks', i, 'name'], `Two sinks are called "${name}".`, hint);
    }
    return sinks;
  }

  #connector(
    kind: 'source' | 'sink',
    value: unknown,
    path: Path,
    nameOf: (name: string | undefined, connector: string) => string,
  ): PipelineConnector | undefined {
    if (!isGroup(value)) {
      this.#note(path, `A ${kind} is a map with connector and config.`);
      return undefined;
    }
    const { connector, name, tasks } = this.#section(sections.connector, value, path);
    const config = this.#group(value['config'], [...path, 'config']);
    const plugin = this.#plugin(kind, connector, [...path, 'connector']);
    this.#refuseDerived(config, [...path, 'config']);
    if (plugin !== undefined) this.#pluginConfig(plugin, config, [...path, 'config']);
    return {
      name: nameOf(name, plugin?.name ?? connector ?? ''),
      connector: connector ?? '',
      tasks: tasks ?? 1,
      config,
      transforms: this.#list(value['transforms'], [...path, 'transforms']).flatMap((item, i) => {
        return this.#transform(item, [...path, 'transforms', i]) ?? [];
      }),
    };
  }

  #transform(value: unknown, path: Path): PipelineTransform | undefined {
    if (!isGroup(value)) {
      this.#note(path, 'A transform is a map with type and config.');
      return undefined;
    }
    const { type = '' } = this.#section(sections.transform, value, path);
    const config = this.#group(value['config'], [...path, 'config']);
    const plugin = this.#plugin('transform', type, [...path, 'type']);
    if (plugin !== undefined) this.#pluginConfig(plugin, config, [...path, 'config']);
    return { type, config, predicate: this.#predicate(value['when'], [...path, 'when']) };
  }

  #predicate(value: unknown, path: Path): PipelineTransform['predicate'] {
    if (!isGroup(value)) return undefined;
    const { predicate: type = '', negate = false } = this.#section(sections.when, value, path);
    const config = this.#group(value['config'], [...path, 'config']);
    const plugin = this.#plugin('predicate', type, [...path, 'predicate']);
    if (plugin !== undefined) this.#pluginConfig(plugin, config, [...path, 'config']);
    return { type, config, negate };
  }

  #topic(value: unknown, pipeline: string): PipelineTopic {
    const raw = this.#group(value ?? { name: pipeline }, ['topic']);
    const parsed = this.#section(sections.topic, raw, ['topic']);
    const { name = '' } = parsed;
    if (name !== '' && (!NAME.test(name) || name === '.' || name === '..')) {
      this.#note(
        ['topic', 'name'],
        `"${name}" is not a topic name: letters, digits, ".", "_" and "-", at most 249.`,
      );
    }
    return {
      name,
      partitions: parsed.partitions ?? 1,
      replicationFactor: parsed['replication.factor'] ?? -1,
      config: texts(this.#group(raw['config'], ['topic', 'config'])),
      key: this.#format(raw['key'], ['topic', 'key'], 'string'),
      value: this.#format(raw['value'], ['topic', 'value'], 'json'),
    };
  }

  #format(value: unknown, path: Path, standard: string): PipelineFormat {
    const raw =
      typeof value === 'string' ? { format: value } : this.#group(value ?? { format: standard }, path);
    const { format = '', schema, 'schema.file': schemaFile } = this.#section(sections.format, raw, path);
    const config = this.#group(raw['config'], [...path, 'config']);
    const formatPath = typeof value === 'string' ? path : [...path, 'format'];
    const plugin = this.#plugin('converter', format, formatPath);
    if (plugin !== undefined) this.#pluginConfig(plugin, config, [...path, 'config']);
    if (schema !== undefined && schemaFile !== undefined) {
      this.#note([...path, 'schema.file'], 'Give schema or schema.file, not both.');
    }
    return { format, config, schema: schema ?? this.#schemaFile(schemaFile, [...path, 'schema.file']) };
  }

  #schemaFile(file: string | undefined, path: Path): string | undefined {
    if (file === undefined) return undefined;
    try {
      return this.#readSchemaFile(file);
    } catch (error) {
      this.#note(path, `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
      return undefined;
    }
  }

  #errors(value: unknown): PipelineErrors {
    const parsed = this.#section(sections.errors, this.#group(value, ['errors']), ['errors']);
    const deadLetterTopic = parsed['dead.letter.topic'];
    if (deadLetterTopic !== undefined && parsed.tolerance !== 'all') {
      const hint = 'Set tolerance: all, or leave the dead-letter topic out.';
      this.#note(['errors', 'dead.letter.topic'], 'Bad records reach it only when they are tolerated.', hint);
    }
    return {
      tolerance: parsed.tolerance ?? 'none',
      deadLetterTopic,
      retryTimeoutMs: parsed['retry.timeout'] ?? 0,
      retryDelayMaxMs: parsed['retry.delay.max'] ?? 60_000,
      log: parsed.log ?? false,
    };
  }

  #plugin<K extends PluginKind>(kind: K, name: string | undefined, path: Path): Plugin | undefined {
    if (name === undefined || name === '') return undefined;
    try {
      return this.#plugins.require(kind, name);
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      this.#note(path, error.message);
      return undefined;
    }
  }

  /** The worker fills in what a pipeline derives, such as the topic: the lack of it is no problem here. */
  #pluginConfig(plugin: Plugin, config: RawConfig, path: Path): void {
    const { problems } = parsePluginConfig(plugin.config, config);
    const isConnector = plugin.kind === 'source' || plugin.kind === 'sink';
    for (const { key, message, hint, isUnknownKey } of problems) {
      if (isConnector && (key === 'topic' || key === 'topics')) continue;
      if (key === 'converter.type') continue; // Says whether it is for keys or values: the worker knows.
      if (isConnector && isUnknownKey === true && isWorkerKey(key)) continue;
      this.#note(this.#document.pathOf(path, key), message, hint, isUnknownKey === true ? 'key' : 'value');
    }
    if (problems.length === 0) this.#crossCheck(plugin, config, path);
  }

  #crossCheck(plugin: Plugin, config: RawConfig, path: Path): void {
    if (!('validate' in plugin) || plugin.validate === undefined) return;
    try {
      plugin.validate(parsePluginConfig(plugin.config, config).config);
    } catch (error) {
      this.#note(path, error instanceof Error ? error.message : String(error));
    }
  }

  #refuseDerived(config: RawConfig, path: Path): void {
    for (const key of Object.keys(config)) {
      const elsewhere = DERIVED_KEYS[key];
      if (elsewhere === undefined) continue;
      this.#note([...path, key], `"${key}" is not set here.`, `Use "${elsewhere}" of the pipeline.`, 'key');
    }
  }

  #section<S extends ConfigSchema>(schema: S, value: RawConfig, path: Path): Partial<ConfigOf<S>> {
    const { config, problems } = parsePluginConfig(schema, value);
    for (const { key, message, hint, isUnknownKey } of problems) {
      this.#note(this.#document.pathOf(path, key), message, hint, isUnknownKey === true ? 'key' : 'value');
    }
    return config;
  }

  #group(value: unknown, path: Path): RawConfig {
    if (value === undefined || value === null) return {};
    if (isGroup(value)) return value;
    this.#note(path, `"${path.at(-1)}" is a map of settings.`);
    return {};
  }

  #list(value: unknown, path: Path): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.#note(path, `"${path.at(-1)}" is a list: begin each item with "- ".`);
    return [];
  }

  #note(path: Path, message: string, hint?: string, part: 'key' | 'value' = 'value'): void {
    this.problems.push(this.#document.problem(path, message, { part, hint }));
  }
}

/** Settings that every connector has, besides its plugin's: converters, error handling, topic creation, client overrides. */
function isWorkerKey(key: string): boolean {
  return /^(key|value|header)\.converter(\.|$)|^errors\.|^topic\.creation\.|^(producer|consumer|admin)\.override\.|^predicates(\.|$)|^topics\.regex$|^offsets\.storage\.topic$/.test(
    key,
  );
}

function isGroup(value: unknown): value is RawConfig {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function texts(config: RawConfig): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)]));
}
