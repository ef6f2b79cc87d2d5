import { connect } from 'node:net';
import { encodeRequestFrame, FrameReader, produceRequest } from '../kafka/protocol/index.ts';
import { BatchBuilder } from '../kafka/records/index.ts';

/** What a load run sends. */
export interface ProduceLoad {
  readonly host: string;
  readonly port: number;
  readonly topic: string;
  /** Bytes of one record's value. */
  readonly recordBytes: number;
  readonly recordsPerBatch: number;
  readonly requests: number;
  /** Requests sent before their answers have come. */
  readonly inFlight: number;
}

/** What came of it. */
export interface LoadResult {
  readonly seconds: number;
  readonly bytes: number;
  readonly requests: number;
}

/** Sends the same Produce request again and again over one connection, `inFlight` at a time, and counts the answers. */
export function produceLoad(load: ProduceLoad): Promise<LoadResult> {
  const builder = new BatchBuilder({ initialBytes: load.recordsPerBatch * (load.recordBytes + 64) });
  const value = Buffer.alloc(load.recordBytes, 'x');
  for (let i = 0; i < load.recordsPerBatch; i++) builder.append(Date.now(), null, value);
  const partitionData = [{ index: 0, records: builder.build() }];
  const body = { transactionalId: null, acks: -1, timeoutMs: 30_000, topicData: [{ name: load.topic, partitionData }] };
  const frame = Buffer.concat(
    encodeRequestFrame(produceRequest, { apiVersion: 9, correlationId: 1, clientId: 'bench' }, body),
  );
  return new Promise((resolve, reject) => {
    const socket = connect(load.port, load.host);
    let sent = 0;
    let answered = 0;
    const startedAt = performance.now();
    const frames = new FrameReader(1 << 20, (answer) => {
      if (answered === 0) assertAccepted(answer);
      answered += 1;
    });
    const fill = (): void => {
      socket.cork();
      while (sent < load.requests && sent - answered < load.inFlight) {
        socket.write(frame);
        sent += 1;
      }
      socket.uncork();
    };
    socket.setNoDelay(true);
    socket.once('connect', fill);
    socket.on('data', (chunk) => {
      frames.push(chunk);
      if (answered < load.requests) fill();
      else {
        socket.destroy();
        const seconds = (performance.now() - startedAt) / 1000;
        resolve({ seconds, bytes: frame.length * answered, requests: answered });
      }
    });
    socket.once('error', reject);
  });
}

/** Produce v9 response: correlation id, tags, one topic with its name, one partition: index, error code. */
function assertAccepted(answer: Buffer): void {
  const nameLength = (answer[6] ?? 1) - 1;
  const errorCode = answer.readInt16BE(7 + nameLength + 1 + 4);
  if (errorCode !== 0) throw new Error(`the broker refuses the load with error code ${errorCode}`);
}
