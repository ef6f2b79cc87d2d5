import { schemaTypeOf } from '../converters/index.ts';
import {
  type ConfigOf,
  type ConfigProblem,
  type ConfigSchema,
  type Plugin,
  PluginError,
  type PluginKind,
  type PluginRegistry,
  parsePluginConfig,
  type RawConfig,
} from '../plugin/index.ts';
import { flatten } from './compile.ts';
import type {
  Pipeline,
  PipelineConnector,
  PipelineErrors,
  PipelineFormat,
  PipelineTopic,
  PipelineTransform,
} from './pipeline.ts';
import type { Path, PipelineDocument } from './pipeline-document.ts';
import { refusedKeys, settingProblems } from './plugin-settings.ts';
import type { PipelineProblem } from './problem.ts';
import { sections } from './sections.ts';

const NAME = /^[A-Za-z0-9._-]{1,249}$/;
/** Reads the text of a schema file that a pipeline names; throws the system's error. */
export type SchemaFileReader = (path: string) => string;

/** What the rest of the file says about a connector. */
interface ConnectorRules {
  nameOf(name: string | undefined, connector: string): string;
  /** Settings that the pipeline adds. */
  readonly derived: Readonly<Record<string, string>>;
}

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
    if (name !== '' && !NAME.test(name)) this.#note(['name'], nameRule(name, 'name of a pipeline'));
    const topic = this.#topic(value['topic'], name);
    const source = value['source'] === undefined ? undefined : this.#source(value['source'], name, topic);
    const sinks = this.#sinks(value['sinks'], name, topic, source);
    if (source === undefined && value['source'] === undefined && isNothing(value['sinks'])) {
      this.#note([], 'A pipeline needs a source, sinks, or both: there is nothing to do.');
    }
    return { name, source, topic, sinks, errors: this.#errors(value['errors']) };
  }

  #source(value: unknown, pipeline: string, topic: PipelineTopic): PipelineConnector | undefined {
    const nameOf = (name: string | undefined) => `${pipeline}-${name ?? 'source'}`;
    return this.#connector('source', value, ['source'], {
      nameOf,
      derived: { topic: topic.name || 'topic' },
    });
  }

  #sinks(
    value: unknown,
    pipeline: string,
    topic: PipelineTopic,
    source: PipelineConnector | undefined,
  ): PipelineConnector[] {
    const names = new Set(source === undefined ? [] : [source.name]);
    return this.#list(value, ['sinks']).flatMap((item, i) => {
      const nameOf = (name: string | undefined, connector: string) => `${pipeline}-${name ?? connector}`;
      const sink = this.#connector('sink', item, ['sinks', i], {
        nameOf,
        derived: { topics: topic.name || 'topic' },
      });
      if (sink === undefined) return [];
      if (names.has(sink.name)) {
        const hint = 'Give each a name of its own.';
        this.#note(['sinks', i, 'name'], `Two connectors are called "${sink.name}".`, hint);
      }
      names.add(sink.name);
      return [sink];
    });
  }

  #connector(
    kind: 'source' | 'sink',
    value: unknown,
    path: Path,
    { nameOf, derived }: ConnectorRules,
  ): PipelineConnector | undefined {
    if (!isGroup(value)) {
      this.#note(path, `A ${kind} is a map with connector and config.`);
      return undefined;
    }
    const { connector, name, tasks } = this.#section(sections.connector, value, path);
    const config = this.#group(value['config'], [...path, 'config']);
    const plugin = this.#plugin(kind, connector, [...path, 'connector']);
    if (plugin === undefined) this.#noteAll([...path, 'config'], [...refusedKeys(kind, config).values()]);
    else this.#pluginConfig(plugin, config, [...path, 'config'], derived);
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
    if (value === undefined || value === null) return undefined;
    if (!isGroup(value)) {
      this.#note(path, '"when" is a map with predicate, negate and config.');
      return undefined;
    }
    const { predicate: type = '', negate = false } = this.#section(sections.when, value, path);
    const config = this.#group(value['config'], [...path, 'config']);
    const plugin = this.#plugin('predicate', type, [...path, 'predicate']);
    if (plugin !== undefined) this.#pluginConfig(plugin, config, [...path, 'config']);
    return { type, config, negate };
  }

  #topic(value: unknown, pipeline: string): PipelineTopic {
    const raw = this.#group(value, ['topic'], { name: pipeline || 'topic' });
    const { name = '', ...parsed } = this.#section(sections.topic, raw, ['topic']);
    if (isGroup(value) && name !== '' && !isTopicName(name))
      this.#note(['topic', 'name'], nameRule(name, 'topic name'));
    return {
      name,
      partitions: parsed.partitions ?? 1,
      replicationFactor: parsed['replication.factor'] ?? -1,
      config: flatten(this.#group(raw['config'], ['topic', 'config'])),
      key: this.#format(raw['key'], ['topic', 'key'], 'string'),
      value: this.#format(raw['value'], ['topic', 'value'], 'json'),
    };
  }

  #format(value: unknown, path: Path, standard: string): PipelineFormat {
    const raw =
      typeof value === 'string' ? { format: value } : this.#group(value, path, { format: standard });
    const { format = '', schema, 'schema.file': schemaFile } = this.#section(sections.format, raw, path);
    const config = this.#group(raw['config'], [...path, 'config']);
    const formatPath = typeof value === 'string' ? path : [...path, 'format'];
    const plugin = this.#plugin('converter', format, formatPath);
    const side = String(path.at(-1));
    if (plugin !== undefined)
      this.#pluginConfig(plugin, config, [...path, 'config'], { 'converter.type': side });
    const schemaPath = this.#document.pathOf(path, schemaFile === undefined ? 'schema' : 'schema.file');
    if (schema !== undefined && schemaFile !== undefined) {
      this.#note(schemaPath, 'Give schema or schema.file, not both.', undefined, 'key');
    } else if (schema !== undefined || schemaFile !== undefined) {
      const takesSchema = plugin === undefined || schemaTypeOf(plugin) !== undefined;
      const hint = 'Use avro, json-schema or protobuf.';
      if (!takesSchema) this.#note(schemaPath, `The format ${format} has no schemas.`, hint, 'key');
    }
    return { format, config, schema: schema ?? this.#schemaFile(schemaFile, schemaPath) };
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
    const path = this.#document.pathOf(['errors'], 'dead.letter.topic');
    if (deadLetterTopic !== undefined && parsed.tolerance === 'none') {
      const hint = 'Set tolerance: all, or leave the dead-letter topic out.';
      this.#note(path, 'Bad records reach it only when they are tolerated.', hint);
    }
    if (deadLetterTopic !== undefined && deadLetterTopic !== '' && !isTopicName(deadLetterTopic)) {
      this.#note(path, nameRule(deadLetterTopic, 'topic name'));
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

  #pluginConfig(
    plugin: Plugin,
    config: RawConfig,
    path: Path,
    derived: Readonly<Record<string, string>> = {},
  ): void {
    this.#noteAll(path, settingProblems(plugin, config, derived));
  }

  #section<S extends ConfigSchema>(schema: S, value: RawConfig, path: Path): Partial<ConfigOf<S>> {
    const { config, problems } = parsePluginConfig(schema, value);
    this.#noteAll(path, problems);
    return config;
  }

  #noteAll(base: Path, problems: readonly ConfigProblem[]): void {
    for (const { key, message, hint, isUnknownKey } of problems) {
      this.#note(this.#document.pathOf(base, key), message, hint, isUnknownKey === true ? 'key' : 'value');
    }
  }

  /** A map, or `absent` when there is none. */
  #group(value: unknown, path: Path, absent: RawConfig = {}): RawConfig {
    if (value === undefined || value === null) return absent;
    if (isGroup(value)) return value;
    this.#note(path, `"${path.at(-1)}" is a map of settings.`);
    return absent;
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

function isNothing(sinks: unknown): boolean {
  return sinks === undefined || sinks === null || (Array.isArray(sinks) && sinks.length === 0);
}

function isTopicName(name: string): boolean {
  return NAME.test(name) && name !== '.' && name !== '..';
}

function nameRule(name: string, what: string): string {
  return `"${name}" is no ${what}: letters, digits, ".", "_" and "-", at most 249.`;
}

function isGroup(value: unknown): value is RawConfig {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
