import { Child, runOk } from '../child.ts';
import { javaArgs } from '../install.ts';

/** A fact as a Java program prints it: a JSON object with an `event`. */
export type Fact = Readonly<Record<string, unknown>>;

/** Starts a program of `clients/java`. */
export function startJava(mainClass: string, ...args: readonly string[]): Child {
  return new Child('java', javaArgs(mainClass, args));
}

/** Runs a program of `clients/java` to its end and returns its facts. Throws unless it ends with exit code 0. */
export async function javaFacts(mainClass: string, ...args: readonly string[]): Promise<Fact[]> {
  const { stdout } = await runOk('java', javaArgs(mainClass, args));
  return factLines(stdout);
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
