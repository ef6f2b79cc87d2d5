import { connect } from 'node:net';
import { FrameReader } from '../kafka/protocol/index.ts';

/** What a run of requests came to. */
export interface LoadResult {
  readonly seconds: number;
  readonly requests: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** Requests over one connection. */
export interface Load {
  readonly host: string;
  readonly port: number;
  /** The bytes of the next request. */
  next(index: number): Buffer;
  readonly requests: number;
  /** Requests sent before their answers have come. */
  readonly inFlight: number;
  /** Looks at an answer (without its size); throws when it is not what it should be. */
  check?(answer: Buffer): void;
  /** Bytes of an answer that is not framed, for peers that are no brokers. */
  readonly plainAnswerBytes?: number;
}

/** Sends `requests` requests, `inFlight` at a time, and counts the answers. */
export function run(load: Load): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const socket = connect(load.port, load.host);
    let [sent, answered, bytesSent, bytesReceived, startedAt] = [0, 0, 0, 0, 0];
    const frames = new FrameReader(1 << 28, (answer) => {
      load.check?.(answer);
      answered += 1;
    });
    const fill = (): void => {
      socket.cork();
      while (sent < load.requests && sent - answered < load.inFlight) {
        const bytes = load.next(sent);
        socket.write(bytes);
        bytesSent += bytes.length;
        sent += 1;
      }
      socket.uncork();
    };
    socket.setNoDelay(true);
    socket.once('connect', () => {
      startedAt = performance.now();
      fill();
    });
    socket.on('data', (chunk) => {
      bytesReceived += chunk.length;
      try {
        if (load.plainAnswerBytes === undefined) frames.push(chunk);
        else answered = Math.floor(bytesReceived / load.plainAnswerBytes);
      } catch (error) {
        socket.destroy();
        reject(error);
        return;
      }
      if (answered < load.requests) fill();
      else {
        socket.destroy();
        resolve({
          seconds: (performance.now() - startedAt) / 1000,
          requests: answered,
          bytesSent,
          bytesReceived,
        });
      }
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the peer closed the connection')));
  });
}
