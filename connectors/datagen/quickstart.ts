import type { RawFields } from './raw-fields.ts';

/** A ready description of records. */
export interface Quickstart {
  /** The field that makes the record key. */
  readonly keyField: string;
  readonly fields: RawFields;
}
