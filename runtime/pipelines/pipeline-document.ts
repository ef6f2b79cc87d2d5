import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
} from 'yaml';
import { type Environment, interpolate } from './interpolation.ts';
import type { PipelineProblem } from './problem.ts';

/** Steps from the top of the file to a value: keys of maps, numbers of list items. */
export type Path = readonly (string | number)[];

/** Whether a problem is about a key, or about what stands behind it. */
export type Part = 'key' | 'value';

/** How often aliases may multiply one another before a file counts as an attack. */
const ALIASES_MAX = 100;

/** A number whose text says more than its value: `1.10`, `007`, a long integer. */
const EXACT_NUMBER = /^[-+]?[0-9.]+$/;

/** A parsed YAML file that knows where everything stands. */
export class PipelineDocument {
  readonly file: string;
  /** What is wrong with the YAML itself, and with references to the environment. */
  readonly problems: readonly PipelineProblem[];
  /** Whether the YAML is so wrong that its content says nothing. */
  readonly isBroken: boolean;
  readonly #text: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #content: unknown;

  constructor(text: string, file: string, environment: Environment) {
    this.file = file;
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
    const { errors, warnings } = this.#document;
    const aliases = this.#aliasProblems();
    const problems = [
      ...[...errors, ...warnings].map((error) => this.#syntaxProblem(error)),
      ...aliases,
      ...this.#interpolate(environment),
    ];
    const isReadable = aliases.length === 0 && errors.every(({ code }) => code === 'DUPLICATE_KEY');
    try {
      if (isReadable) this.#content = this.#document.toJS({ maxAliasCount: ALIASES_MAX });
      this.isBroken = !isReadable;
    } catch (error) {
      problems.push(this.#contentProblem(error));
      this.isBroken = true;
    }
    this.problems = problems;
  }

  /** The content as plain values. */
  toValue(): unknown {
    return this.#content;
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

  #syntaxProblem({ code, message, pos }: YAMLError): PipelineProblem {
    if (code === 'DUPLICATE_KEY') {
      const [key = ''] = /^("[^"]*"|'[^']*'|[^:\n]*)/.exec(this.#text.slice(pos[0])) ?? [];
      return { ...this.#problemAt(pos[0], `${key.trim()} is there twice.`), hint: 'Remove one of them.' };
    }
    if (code === 'MULTIPLE_DOCS') {
      const hint = 'Give each pipeline a file of its own.';
      return {
        ...this.#problemAt(pos[0], 'A second document begins here, and a file is one pipeline.'),
        hint,
      };
    }
    return this.#problemAt(pos[0], sentence(message));
  }

  /** Aliases that stand for nothing, or for something that they are part of. */
  #aliasProblems(): PipelineProblem[] {
    const problems: PipelineProblem[] = [];
    visit(this.#document, {
      Alias: (_key, node, path) => {
        const target = node.resolve(this.#document);
        if (target !== undefined && !path.includes(target)) return;
        const reason =
          target === undefined ? 'stands for nothing: no anchor before it has that name' : 'contains itself';
        problems.push(this.#problemAt(node.range?.[0] ?? 0, `*${node.source} ${reason}.`));
      },
    });
    return problems;
  }

  /** Values cannot be made. Of aliases it cannot be told which is to blame: the first stands for all. */
  #contentProblem(error: unknown): PipelineProblem {
    let offset: number | undefined;
    visit(this.#document, {
      Alias: (_key, node) => {
        offset = node.range?.[0];
        return visit.BREAK;
      },
    });
    if (!(error instanceof ReferenceError) || offset === undefined) {
      return this.#problemAt(0, sentence(error instanceof Error ? error.message : String(error)));
    }
    return {
      ...this.#problemAt(offset, 'The aliases stand for too much.'),
      hint: 'Write out what you need.',
    };
  }

  #interpolate(environment: Environment): PipelineProblem[] {
    const problems: PipelineProblem[] = [];
    visit(this.#document, {
      Scalar: (key, node) => {
        if (key === 'key') return;
        if (typeof node.value === 'number' && isInexact(node)) node.value = node.source;
        if (typeof node.value !== 'string' || !node.value.includes('${')) return;
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
  return isNode(node) ? node.range?.[0] : undefined;
}

/** Settings are text in the end, and this number would not come out as it was written. */
function isInexact({ value, source }: Scalar): boolean {
  return source !== undefined && source !== String(value) && EXACT_NUMBER.test(source);
}

function sentence(text: string): string {
  const [line = text] = text.split('\n');
  return /[.:]$/.test(line) ? line : `${line}.`;
}
