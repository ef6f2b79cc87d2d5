// What an isolated thread or process starts with: connects its port to the program it is told to run.
import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

enableCompileCache();

import type { IsolatePort } from './isolate.ts';

const program = parentPort === null ? process.argv[2] : String(workerData);
if (parentPort === null) process.on('disconnect', () => process.exit());

const { promise: listening, resolve: listen } = Promise.withResolvers<(message: unknown) => void>();
const receive = (message: unknown): void => {
  void listening.then((listener) => listener(message));
};
if (parentPort === null) process.on('message', receive);
else parentPort.on('message', receive);

const port: IsolatePort = {
  post: (message) => {
    if (parentPort === null) process.send?.(message);
    else parentPort.postMessage(message);
  },
  onMessage: listen,
};

const module: { serve?: unknown } = await import(String(program));
if (typeof module.serve !== 'function') throw new TypeError(`${program} has no export serve(port)`);
module.serve(port);
