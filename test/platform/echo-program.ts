// A program for isolates: sends back what it gets, with how often it was asked; on request it throws.
import type { IsolatePort } from '../../platform/isolate.ts';

/** Called with the connection to those who started it. */
export function serve(port: IsolatePort): void {
  let count = 0;
  port.onMessage((message) => {
    count += 1;
    port.post({ count, message });
  });
}
