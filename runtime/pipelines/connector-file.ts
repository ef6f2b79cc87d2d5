import { type PropertyEntry, propertyEntries } from '../config/index.ts';
import type { TargetState } from '../herder/index.ts';
import type { ConnectorSpec } from './compile.ts';
import { PipelineError } from './errors.ts';
import { type JsonNode, JsonSyntaxError, parseJsonTree, problemAt } from './json-tree.ts';
import type { PipelineProblem } from './problem.ts';

/** A connector of Kafka Connect's, as a file has it. Its config has its name in it. */
export interface FileConnector extends ConnectorSpec {
  /** Undefined: it runs. */
  readonly target: TargetState | undefined;
  /** A problem at a key of its config, or where the connector begins. */
  problem(key: string, message: string): PipelineProblem;
}

type ObjectNode = Extract<JsonNode, { readonly kind: 'object' }>;

const hint =
  'A connector is {"name", "config"} as for POST /connectors, or its config with "name"; a file may have a list of them.';

/** Whether a file holds connectors, and not a pipeline, which may be written in JSON too. */
export function isConnectorFile(file: string, text: string): boolean {
  if (/\.properties$/i.test(file)) return true;
  if (!/\.json$/i.test(file)) return false;
  try {
    const node = parseJsonTree(text);
    return node.kind !== 'object' || !['source', 'sinks'].some((key) => isContainer(node.entries.get(key)));
  } catch {
    return true;
  }
}

/**
 * The connectors in a file: Java properties, or JSON, which may be the body of `POST /connectors`, a flat config, a list of
 * either, or what `GET /connectors?expand=info` of a worker has answered. Throws {@link PipelineError}.
 */
export function readConnectorFile(file: string, text: string): readonly FileConnector[] {
  const isProperties = /\.properties$/i.test(file) || !/^\ufeff?\s*[[{]/.test(text);
  return isProperties ? [propertiesConnector(file, text)] : new JsonConnectors(file, text).read();
}

function propertiesConnector(file: string, text: string): FileConnector {
  const entries = new Map<string, PropertyEntry>();
  for (const entry of propertyEntries(text)) entries.set(entry.name, entry);
  const problem = (key: string, message: string): PipelineProblem => {
    return { file, line: entries.get(key)?.line ?? 1, column: 1, message };
  };
  const config = Object.fromEntries([...entries].map(([key, { value }]) => [key, value.trim()]));
  const name = config['name'] ?? '';
  if (name === '') throw new PipelineError([problem('name', 'The connector has no name: add name=...')]);
  return { name, config, target: undefined, problem };
}

class JsonConnectors {
  readonly #file: string;
  readonly #text: string;
  readonly #problems: PipelineProblem[] = [];

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  read(): readonly FileConnector[] {
    const connectors = this.#nodes().flatMap((node) => this.#connector(node) ?? []);
    if (this.#problems.length > 0) throw new PipelineError(this.#problems);
    return connectors;
  }

  #nodes(): readonly JsonNode[] {
    try {
      const top = parseJsonTree(this.#text);
      if (top.kind === 'array') return top.items;
      if (top.kind !== 'object') return [top];
      const infos = [...top.entries.values()].map((each) =>
        each.kind === 'object' ? each.entries.get('info') : undefined,
      );
      const isExpanded = infos.length > 0 && infos.every((info) => info?.kind === 'object');
      return isExpanded ? infos.filter((info) => info !== undefined) : [top];
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      throw new PipelineError([this.#at(error.offset, error.message)]);
    }
  }

  #connector(node: JsonNode): FileConnector | undefined {
    if (node.kind !== 'object') return this.#note(node, 'This is no connector.', hint);
    const request = node.entries.get('config');
    if (request === undefined || request.kind === 'string') {
      return this.#named(node, node, this.#name(node));
    }
    if (request.kind !== 'object') return this.#note(request, '"config" must be an object.', hint);
    const own = this.#name(node);
    const inside = request.entries.has('name') ? this.#name(request) : undefined;
    if (inside !== undefined && own !== undefined && inside !== own) {
      const message = `The config names the connector ${JSON.stringify(inside)}, and "name" is ${JSON.stringify(own)}.`;
      return this.#note(request.entries.get('name') ?? request, message);
    }
    return this.#named(node, request, own ?? inside);
  }

  #named(node: ObjectNode, config: ObjectNode, name: string | undefined): FileConnector | undefined {
    if (name === undefined) return this.#note(node, 'The connector has no "name".', hint);
    const texts: Record<string, string> = {};
    for (const [key, value] of config.entries) {
      if ('text' in value) texts[key] = value.text;
      else if (value.kind === 'null')
        this.#note(value, `"${key}" is null: leave it out, or give it a value.`);
      else this.#note(value, `"${key}" must be a text, a number or a boolean.`);
    }
    const target = config === node ? undefined : this.#target(node.entries.get('initial_state'));
    return {
      name,
      config: { ...texts, name },
      target,
      problem: (key, message) => this.#at((config.entries.get(key) ?? config).offset, message),
    };
  }

  #name({ entries }: ObjectNode): string | undefined {
    const node = entries.get('name');
    const name = node !== undefined && 'text' in node ? node.text.trim() : '';
    return name === '' ? undefined : name;
  }

  #target(node: JsonNode | undefined): TargetState | undefined {
    if (node === undefined || node.kind === 'null') return undefined;
    const states = { RUNNING: 'STARTED', PAUSED: 'PAUSED', STOPPED: 'STOPPED' } as const;
    const name = 'text' in node ? node.text.toUpperCase() : '';
    const target = Object.entries(states).find(([state]) => state === name)?.[1];
    return target ?? this.#note(node, '"initial_state" is RUNNING, PAUSED or STOPPED.');
  }

  #note(node: JsonNode, message: string, advice?: string): undefined {
    this.#problems.push(this.#at(node.offset, message, advice));
  }

  #at(offset: number, message: string, advice?: string): PipelineProblem {
    return problemAt(this.#text, this.#file, offset, { message, hint: advice });
  }
}

function isContainer(node: JsonNode | undefined): boolean {
  return node?.kind === 'object' || node?.kind === 'array';
}
