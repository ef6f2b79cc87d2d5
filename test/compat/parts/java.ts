import { Child, run, runOk, until } from '../child.ts';
import { javaArgs } from '../install.ts';
import { expectEqual } from '../report.ts';

/** A fact as a Java program prints it: a JSON object with an `event`. */
export type Fact = Readonly<Record<string, unknown>>;

/** Starts a program of `clients/java`. */
export function startJava(mainClass: string, ...args: readonly string[]): Child {
  return new Child('java', javaArgs(mainClass, args));
}

/** Runs a program of `clients/java` to its end and returns its facts. Throws unless it ends with exit code 0. */
export async function javaFacts(mainClass: string, ...args: readonly string[]): Promise<Fact[]> {
  const { code, stdout, stderr } = await run('java', javaArgs(mainClass, args));
  expectEqual(`exit code of ${mainClass} (${stderr.trim().slice(-1000)})`, code, 0);
  return factLines(stdout);
}

/** Runs a program of `clients/java` to its end and returns what it printed. Throws unless it ends with exit code 0. */
export async function javaTranscript(mainClass: string, ...args: readonly string[]): Promise<string> {
  return (await runOk('java', javaArgs(mainClass, args), { timeoutMs: 180_000 })).stdout;
}

/** The facts among the lines that a program printed. */
export function factLines(stdout: string): Fact[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Fact);
}

/** Selects the facts of one event and keeps the named fields of each. */
export function pick(facts: readonly Fact[], event: string, ...fields: readonly string[]): unknown[][] {
  return facts.filter((fact) => fact['event'] === event).map((fact) => fields.map((field) => fact[field]));
}

/** The Java program `Probe`, kept running so that each question does not wait for a new JVM. */
export class Probe {
  readonly #bootstrap: () => string;
  #child: Child | undefined;

  constructor(bootstrap: () => string) {
    this.#bootstrap = bootstrap;
  }

  /** Asks one question (see `Probe.java`) and returns the facts of its answer. Throws when the answer is a failure. */
  async ask(question: string, ...words: readonly string[]): Promise<Fact[]> {
    this.#child ??= new Child('java', javaArgs('Probe', [this.#bootstrap()]), { input: { open: true } });
    const child = this.#child;
    const before = child.facts.length;
    child.write(`${[question, ...words].join('\t')}\n`);
    const isLast = (fact: Fact) => fact['event'] === 'done' || fact['event'] === 'failed';
    const answer = await until(
      `an answer to: ${question} ${words.join(' ')}`,
      40_000,
      () => {
        if (!child.isRunning) throw new Error(`the probe has ended\n${child.tail()}`);
        const facts = child.facts.slice(before);
        return facts.some(isLast) && facts;
      },
      () => child.tail(),
    );
    expectEqual(`answer to: ${question} ${words.join(' ')}`, pick(answer, 'failed', 'message').flat(), []);
    return answer;
  }
}
