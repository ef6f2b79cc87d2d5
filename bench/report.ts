/** One line of the report: what was measured, and where it makes sense, as a share of a limit of the same run. */
export interface Measurement {
  readonly name: string;
  readonly value: string;
  /** Measured value divided by the limit; above 1 is better than it. */
  readonly ratio?: number | undefined;
  /** What the ratio is to. */
  readonly limit?: string | undefined;
}

/** Prints measurements as they come, in columns. */
export class BenchReport {
  section(title: string): void {
    console.log(`\n${title}`);
  }

  add({ name, value, ratio, limit }: Measurement): void {
    const share = ratio === undefined ? '' : `${ratio.toFixed(2)} of ${limit ?? 'the limit'}`;
    console.log(`  ${name.padEnd(52)} ${value.padStart(16)}  ${share}`);
  }

  /** One figure of several contenders. */
  compare(name: string, cells: readonly string[]): void {
    console.log(
      `  ${name.padEnd(36)} ${cells
        .map((cell) => cell.padEnd(30))
        .join(' ')
        .trimEnd()}`,
    );
  }

  note(text: string): void {
    console.log(`  ${text}`);
  }

  skip(name: string, reason: string): void {
    console.log(`  ${name.padEnd(52)} ${'not measured'.padStart(16)}  ${reason}`);
  }
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value that the given share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** `1.23 GB/s`. */
export function perSecond(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB/s` : `${(bytes / 1e6).toFixed(0)} MB/s`;
}

/** `631 k/s`. */
export function thousands(count: number): string {
  return `${(count / 1000).toFixed(count < 10_000 ? 1 : 0)} k/s`;
}
