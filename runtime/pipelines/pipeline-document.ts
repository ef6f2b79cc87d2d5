import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { type Environment, interpolate } from './interpolation.ts';
import type { PipelineProblem } from './problem.ts';

/** Steps from the top of the file to a value: keys of maps, numbers of list items. */
export type Path = readonly (string | number)[];

/** Whether a problem is about a key, or about what stands behind it. */
export type Part = 'key' | 'value';

const ALIASES_MAX = 100;

/** A parsed YAML file that knows where everything stands. */
export class PipelineDocument {
  readonly file: string;
  /** What is wrong with the YAML itself, and with references to the environment. */
  readonly problems: readonly PipelineProblem[];
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(text: string, file: string, environment: Environment) {
    this.file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const syntax = this.#document.errors.map((error) =>
      this.#problemAt(error.pos[0], `${sentence(error.message)}`),
    );
    this.problems = [...syntax, ...this.#interpolate(environment)];
  }

  /** Whether it is no YAML at all: then its content says nothing. */
  get isBroken(): boolean {
    return this.#document.errors.length > 0;
  }

  /** The content as plain values. */
  toValue(): unknown {
    return this.#document.toJS({ maxAliasCount: ALIASES_MAX });
  }

  /** A problem at `path`, or at the nearest thing around it that exists. */
  problem(
    path: Path,
    message: string,
    options: { part?: Part; hint?: string | undefined } = {},
  ): PipelineProblem {
    return { ...this.#problemAt(this.#offsetOf(path, options.part ?? 'value'), message), hint: options.hint };
  }

  /**
   * The path of a setting that a message names with dots: `a.b.c` may be three nested keys or one with dots in it.
   * Follows what the file has; the last part may be missing.
   */
  pathOf(base: Path, dottedKey: string): Path {
    const node = base.length === 0 ? this.#document.contents : this.#document.getIn(base, true);
    if (dottedKey === '' || !isMap(node)) return base;
    const parts = dottedKey.split('.');
    for (let length = parts.length; length > 0; length--) {
      const key = parts.slice(0, length).join('.');
      if (node.has(key)) return this.pathOf([...base, key], parts.slice(length).join('.'));
    }
    return [...base, dottedKey];
  }

  #interpolate(environment: Environment): PipelineProblem[] {
    const problems: PipelineProblem[] = [];
    visit(this.#document, {
      Scalar: (key, node) => {
        if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return;
        const result = interpolate(node.value, environment);
        if ('problem' in result) {
          problems.push({ ...this.#problemAt(node.range?.[0] ?? 0, result.problem), hint: result.hint });
        } else node.value = result.text;
      },
    });
    return problems;
  }

  #offsetOf(path: Path, part: Part): number {
    for (let length = path.length; length > 0; length--) {
      const parent =
        length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, length - 1), true);
      const step = path[length - 1];
      const wantsKey = part === 'key' && length === path.length;
      const node = wantsKey ? keyNode(parent, step) : this.#document.getIn(path.slice(0, length), true);
      const offset = startOf(node);
      if (offset !== undefined) return offset;
    }
    return startOf(this.#document.contents) ?? 0;
  }

  #problemAt(offset: number, message: string): PipelineProblem {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1), message };
  }
}

function keyNode(parent: unknown, key: string | number | undefined): unknown {
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
  return pair?.key;
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? (node as Node).range?.[0] : undefined;
}

function sentence(text: string): string {
  const end = text.endsWith('.') || text.endsWith(':') ? '' : '.';
  return `${text.split('\n')[0] ?? text}${end}`;
}
