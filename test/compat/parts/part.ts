import type { BrokerKind, BrokerProcess } from '../broker-process.ts';
import type { Command, Tool } from '../install.ts';
import type { Check } from '../report.ts';
import type { Probe } from './java.ts';

/** What a part is given: a broker of its own, already started on an empty folder, and a folder for its files. */
export interface PartContext {
  readonly broker: BrokerProcess;
  readonly kind: BrokerKind;
  readonly directory: string;
  /** Kafka's Java clients, to set up and look at topics and groups; needs the tool `java`. */
  readonly probe: Probe;
  /** Writes the expected transcripts anew instead of comparing with them. */
  readonly isRecording: boolean;
}

/** A group of checks that share one broker and its data. */
export interface Part {
  /** The name that `--only` takes. */
  readonly name: string;
  readonly tools: readonly Tool[];
  /** True for what says nothing about Apache Kafka: the part is left out with `--against kafka`, unless `--only` names it. */
  readonly isOurs?: boolean;
  /** The `millrace` that runs the broker; that of the sources by default. */
  readonly program?: Command;
  /** What the broker is started with besides the defaults. */
  readonly subcommand?: 'broker' | 'start';
  readonly overrides?: Readonly<Record<string, string>>;
  checks(context: PartContext): readonly Check[];
}
