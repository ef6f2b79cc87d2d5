import { type AcceptedBatch, type ProduceRules, type RejectedBatch, validateProduced } from './validation.ts';

/** {@link validateProduced} as a task: `bytes` are the records of one partition, and are written to. */
export function run({
  bytes,
  rules,
}: {
  readonly bytes: Uint8Array;
  readonly rules: ProduceRules;
}): AcceptedBatch | RejectedBatch {
  return validateProduced(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), rules);
}
