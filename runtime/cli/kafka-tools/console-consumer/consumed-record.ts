import type { RecordView } from '../../../../kafka/records/index.ts';

/** A record and where it was. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly record: RecordView;
  /** `CreateTime` or `LogAppendTime`. */
  readonly timestampType: string;
}

/** Turns a record into what is printed. Throws ToolError for a record that it cannot print. */
export interface Formatter {
  readonly printsTimestamps: boolean;
  format(consumed: ConsumedRecord): readonly Uint8Array[];
}
