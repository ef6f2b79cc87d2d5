import type { Admin, PolledRecords } from '../../../../kafka/client/index.ts';
import { javaText } from '../java-error.ts';
import { logLine } from '../log-line.ts';
import type { ToolContext } from '../tool.ts';
import type { Formatter } from './consumed-record.ts';

/** Prints polled records, a write per batch of them. */
export class RecordPrinter {
  readonly #formatter: Formatter;
  readonly #admin: Admin;
  readonly #context: ToolContext;
  readonly #skipsErrors: boolean;
  readonly #timestampTypes = new Map<string, string>();

  constructor(formatter: Formatter, admin: Admin, context: ToolContext, skipsErrors: boolean) {
    this.#formatter = formatter;
    this.#admin = admin;
    this.#context = context;
    this.#skipsErrors = skipsErrors;
  }

  /**
   * Prints the first `recordsMax` records. Throws the formatter's error for a record that cannot be printed, after what
   * came before it is out, unless errors are skipped.
   */
  async print({ topic, partition, records }: PolledRecords, recordsMax: number): Promise<void> {
    const timestampType = this.#formatter.printsTimestamps ? await this.#timestampType(topic) : 'CreateTime';
    const printed: Uint8Array[] = [];
    try {
      for (const record of records.slice(0, recordsMax)) {
        try {
          printed.push(...this.#formatter.format({ topic, partition, record, timestampType }));
        } catch (error) {
          if (!this.#skipsErrors || !(error instanceof Error)) throw error;
          await this.#complain(error);
        }
      }
    } finally {
      if (printed.length > 0) await this.#context.out.write(Buffer.concat(printed));
    }
  }

  #complain(error: Error): Promise<void> {
    const { err, platform } = this.#context;
    const text = 'Error processing message, skipping this message: ';
    const line = logLine(
      platform.clock.now(),
      'ERROR',
      text,
      'org.apache.kafka.tools.consumer.ConsoleConsumer',
    );
    return err.line(`${line}\n${javaText(error)}`);
  }

  /** Records do not say whose clock their timestamp is from, the topic does. */
  async #timestampType(topic: string): Promise<string> {
    const known = this.#timestampTypes.get(topic);
    if (known !== undefined) return known;
    const name = 'message.timestamp.type';
    const [described] = await this.#admin.describeConfigs([{ type: 'topic', name: topic, names: [name] }]);
    const type = described?.configs.find((config) => config.name === name)?.value ?? 'CreateTime';
    this.#timestampTypes.set(topic, type);
    return type;
  }
}
