/** Thrown by a check that saw something else than it should: printed as "expected" and "came". */
export class Mismatch extends Error {
  readonly expected: string;
  readonly actual: string;

  constructor(what: string, expected: unknown, actual: unknown) {
    super(what);
    this.name = 'Mismatch';
    this.expected = text(expected);
    this.actual = text(actual);
  }
}

/** One check: its name is a sentence about what must hold. A check that `gates` ends its part when it fails. */
export interface Check {
  readonly name: string;
  readonly gates?: boolean;
  readonly run: () => Promise<void>;
}

/** What a report asks of the broker that the checks of a part share. */
export interface SharedBroker {
  readonly hasCrashed: boolean;
  /** Throws as soon as the broker crashes. */
  whileRunning<T>(work: () => Promise<T>): Promise<T>;
  /** The last lines of its log. */
  log(): string;
}

/** Runs checks in order and counts them. */
export class Report {
  passed = 0;
  failed = 0;

  /**
   * Runs the checks of one part, each until its end or the crash of the broker that they share, if any. Prints a line for
   * each at the end, in one piece, since parts run side by side.
   */
  async part(name: string, checks: readonly Check[], broker?: SharedBroker): Promise<void> {
    const lines = ['', name];
    let ended = false;
    for (const check of checks) {
      if (ended) {
        lines.push(
          ...this.#failure(
            check.name,
            new Error('not run: an earlier check of this part failed or the broker crashed'),
            '',
          ),
        );
        continue;
      }
      const startedMs = performance.now();
      try {
        await (broker === undefined ? check.run() : broker.whileRunning(check.run));
        this.passed += 1;
        lines.push(`  ok    ${check.name} (${seconds(startedMs)})`);
      } catch (error) {
        lines.push(...this.#failure(`${check.name} (${seconds(startedMs)})`, error, broker?.log() ?? ''));
        ended = check.gates === true || broker?.hasCrashed === true;
      }
    }
    console.log(lines.join('\n'));
  }

  #failure(name: string, error: unknown, brokerLog: string): string[] {
    this.failed += 1;
    const log = brokerLog === '' ? [] : [indent(`last lines of the broker's log:\n${brokerLog}`)];
    return [`  FAIL  ${name}`, indent(describe(error)), ...log];
  }
}

/** Throws {@link Mismatch} unless the two are equal as JSON. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (text(actual) !== text(expected)) throw new Mismatch(what, expected, actual);
}

function describe(error: unknown): string {
  if (error instanceof Mismatch) {
    return `${error.message}\n  expected: ${shortened(error.expected)}\n  came:     ${shortened(error.actual)}`;
  }
  return error instanceof Error ? error.message : String(error);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}

function shortened(value: string): string {
  const most = 6_000;
  return value.length > most
    ? `${value.slice(0, most)}... and ${value.length - most} characters more`
    : value;
}

function indent(lines: string): string {
  return lines
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n');
}

function seconds(startedMs: number): string {
  return `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
}
