import {
  type Fields,
  type Schema,
  type SourceRecord,
  schemas,
  setField,
  type Value,
} from '../../runtime/plugin/index.ts';
import { type Generator, type Moment, readGenerator } from './generators.ts';
import type { Random } from './random.ts';

/** A field, or a group of fields whose names began with the same word and a dot. */
interface Node {
  readonly name: string;
  readonly generator: Generator | undefined;
  readonly children: Node[];
}

/** What the records look like. */
export interface RecordForm {
  readonly topic: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly key: string | undefined;
  readonly schemaName: string;
}

/** Reads generators; `problems` are by field. */
export function fieldProblems(
  fields: Readonly<Record<string, string>>,
): { field: string; problem: string }[] {
  const names = Object.keys(fields);
  return names.flatMap((field) => {
    const generator = readGenerator(fields[field] ?? '');
    if (typeof generator === 'string') return [{ field, problem: generator }];
    if (field.split('.').includes('')) return [{ field, problem: 'A name between dots is empty.' }];
    const isGroup = names.some((other) => other.startsWith(`${field}.`));
    return isGroup
      ? [{ field, problem: `"${field}" is a field and a group of fields at the same time.` }]
      : [];
  });
}

/** Makes records of generated fields. All share their schemas. */
export class RecordGenerator {
  readonly #form: RecordForm;
  readonly #nodes: readonly Node[];
  readonly #valueSchema: Schema;
  readonly #keySchema: Schema | undefined;

  /** The form must be without {@link fieldProblems}. */
  constructor(form: RecordForm) {
    this.#form = form;
    this.#nodes = nodesOf(form.fields);
    this.#valueSchema = structOf(this.#nodes, form.schemaName);
    const keyNode = this.#nodes.find(({ name }) => name === form.key);
    this.#keySchema = keyNode?.generator?.schema;
  }

  generate(random: Random, moment: Moment): SourceRecord {
    const value = fill(this.#nodes, random, moment);
    const { key, topic } = this.#form;
    return {
      topic,
      keySchema: this.#keySchema,
      key: this.#keySchema === undefined || key === undefined ? null : value[key],
      valueSchema: this.#valueSchema,
      value,
      timestamp: moment.timeMs,
    };
  }
}

function nodesOf(fields: Readonly<Record<string, string>>): Node[] {
  const root: Node[] = [];
  for (const [path, text] of Object.entries(fields)) {
    const generator = readGenerator(text);
    const names = path.split('.');
    const last = names.pop() ?? '';
    let level = root;
    for (const name of names) level = groupIn(level, name).children;
    if (typeof generator !== 'string') level.push({ name: last, generator, children: [] });
  }
  return root;
}

function groupIn(level: Node[], name: string): Node {
  const known = level.find((node) => node.name === name);
  if (known !== undefined) return known;
  const group: Node = { name, generator: undefined, children: [] };
  level.push(group);
  return group;
}

function structOf(nodes: readonly Node[], name: string): Schema {
  const fields = nodes.map(
    (node) => [node.name, node.generator?.schema ?? structOf(node.children, `${name}.${node.name}`)] as const,
  );
  return schemas.struct(fields, { name });
}

function fill(nodes: readonly Node[], random: Random, moment: Moment): Fields {
  const fields: Fields = {};
  for (const { name, generator, children } of nodes) {
    const value: Value =
      generator === undefined ? fill(children, random, moment) : generator.generate(random, moment);
    setField(fields, name, value);
  }
  return fields;
}
