import { StepCounter } from '../../limits.ts';
import type { Definition, EnumDefinition, LinkedFile, MessageDefinition } from '../files.ts';
import type { ProtoEnum } from '../syntax-tree.ts';
import { type Difference, isBreaking } from './difference.ts';
import { type Finding, type ImportedPair, messageFindings, pathOf, tagsOf } from './message-findings.ts';
import { type MessageShape, messageShape } from './message-shape.ts';
import { isMoved, presenceFindings, typesOf } from './own-types.ts';

/**
 * Every change from a schema to its successor: package, then messages and enums by their names without the package, each
 * with its members by number. The order of the text does not matter to it. Throws `SchemaLimitError` when it is too much.
 */
export function schemaDifferences(before: LinkedFile, after: LinkedFile): readonly Difference[] {
  return new Walk(before, after).run();
}

/** So many characters of a difference's path count as a step. */
const pathStep = 64;

/** The findings about two messages (or, outermost, about all of the schema's own), as far as they have been taken up. */
interface Visit {
  readonly findings: Iterator<Finding>;
  /** The pair of imported messages that it is about, when it is about one. */
  readonly pair?: ImportedPair;
  isBroken: boolean;
}

/** One of the two schemas. A message of an import may be in both, with other extensions. */
interface Side {
  readonly root: LinkedFile;
  readonly shapes: Map<MessageDefinition['element'], MessageShape>;
}

/** Goes depth first from imported message to imported message, with a stack of its own: chains may be long. */
class Walk {
  readonly #before: Side;
  readonly #after: Side;
  readonly #steps = new StepCounter();
  /** Pairs of imported messages that have been visited: true when one breaks readers of the other. */
  readonly #verdicts = new Map<MessageDefinition['element'], Map<MessageDefinition['element'], boolean>>();
  readonly #differences: Difference[] = [];
  readonly #visits: Visit[] = [];

  constructor(before: LinkedFile, after: LinkedFile) {
    this.#before = { root: before, shapes: new Map() };
    this.#after = { root: after, shapes: new Map() };
  }

  run(): readonly Difference[] {
    this.#open({
      findings: this.#schema(this.#before.root, this.#after.root)[Symbol.iterator](),
      isBroken: false,
    });
    for (let visit = this.#visits.at(-1); visit !== undefined; visit = this.#visits.at(-1)) {
      const { done, value } = visit.findings.next();
      if (done === true) this.#close(visit);
      else if ('type' in value) this.#keep(visit, value);
      else this.#meet(visit, value);
    }
    return this.#differences;
  }

  #open(visit: Visit): void {
    this.#visits.push(visit);
  }

  #close({ pair, isBroken }: Visit): void {
    this.#visits.pop();
    const outer = this.#visits.at(-1);
    if (pair === undefined || outer === undefined) return;
    this.#verdictsOf(pair).set(pair.after.element, isBroken);
    if (isBroken) this.#keep(outer, { type: 'FIELD_NAMED_TYPE_CHANGED', path: pair.path });
  }

  #keep(visit: Visit, difference: Difference): void {
    // Names may be long: where many things differ, the places alone are more than memory holds.
    this.#steps.step(Math.floor(difference.path.length / pathStep));
    this.#differences.push(difference);
    visit.isBroken ||= isBreaking(difference);
  }

  #meet(visit: Visit, pair: ImportedPair): void {
    const verdicts = this.#verdictsOf(pair);
    const known = verdicts.get(pair.after.element);
    if (known === true) this.#keep(visit, { type: 'FIELD_NAMED_TYPE_CHANGED', path: pair.path });
    if (known !== undefined) return;
    // Until the visit ends, the pair gets along: a message inside of itself is told about once.
    verdicts.set(pair.after.element, false);
    const findings = this.#messages(pair.before, pair.after);
    this.#open({ findings: findings[Symbol.iterator](), pair, isBroken: false });
  }

  #verdictsOf({ before: { element } }: ImportedPair): Map<MessageDefinition['element'], boolean> {
    const known = this.#verdicts.get(element) ?? new Map<MessageDefinition['element'], boolean>();
    this.#verdicts.set(element, known);
    return known;
  }

  *#schema(before: LinkedFile, after: LinkedFile): Iterable<Finding> {
    if ((before.file.package ?? '') !== (after.file.package ?? ''))
      yield { type: 'PACKAGE_CHANGED', path: '#/' };
    const [old, now] = [typesOf(before), typesOf(after)];
    for (const [name, type] of old) {
      this.#steps.step();
      const next = now.get(name);
      if (next === undefined || next.definition.kind !== type.definition.kind)
        yield* presenceFindings('REMOVED', type, now);
      else {
        if (isMoved(type, next)) yield { type: 'MESSAGE_MOVED', path: pathOf(next.definition) };
        yield* this.#definitions(type.definition, next.definition);
      }
    }
    for (const [name, type] of now)
      if (old.get(name)?.definition.kind !== type.definition.kind)
        yield* presenceFindings('ADDED', type, old);
  }

  *#definitions(before: Definition, after: Definition): Iterable<Finding> {
    if (before.kind === 'message' && after.kind === 'message') yield* this.#messages(before, after);
    else if (before.kind === 'enum' && after.kind === 'enum') yield* this.#enums(before, after);
  }

  #messages(before: MessageDefinition, after: MessageDefinition): Iterable<Finding> {
    const [old, now] = [shapeOf(this.#before, before), shapeOf(this.#after, after)];
    this.#steps.step(1 + old.fields.size + now.fields.size);
    return messageFindings(old, now, pathOf(after));
  }

  *#enums(before: EnumDefinition, after: EnumDefinition): Iterable<Difference> {
    const [old, now] = [constantsOf(before.element), constantsOf(after.element)];
    this.#steps.step(old.size + now.size);
    for (const tag of tagsOf(old, now)) {
      const [was, is] = [old.get(tag), now.get(tag)];
      const path = `${pathOf(after)}/${tag}`;
      if (was === undefined) yield { type: 'ENUM_CONST_ADDED', path };
      else if (is === undefined) yield { type: 'ENUM_CONST_REMOVED', path };
      else if (![...was].some((name) => is.has(name))) yield { type: 'ENUM_CONST_CHANGED', path };
    }
  }
}

function shapeOf({ root, shapes }: Side, definition: MessageDefinition): MessageShape {
  const shape = shapes.get(definition.element) ?? messageShape(definition, root);
  shapes.set(definition.element, shape);
  return shape;
}

/** The names of each number: aliases share one. */
function constantsOf({ constants }: ProtoEnum): ReadonlyMap<number, ReadonlySet<string>> {
  const names = new Map<number, Set<string>>();
  for (const { name, tag } of constants) names.set(tag, (names.get(tag) ?? new Set()).add(name));
  return names;
}
