/** Runs `work` and returns with what it resolves to all that was printed meanwhile; it is printed nevertheless. */
export async function withConsoleOutput(work: () => Promise<void>): Promise<string> {
  const parts: string[] = [];
  const restore = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write.bind(stream);
    const listen: typeof write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      parts.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      return Reflect.apply(write, stream, [chunk, ...rest]) as boolean;
    };
    stream.write = listen;
    return () => {
      stream.write = write;
    };
  });
  try {
    await work();
  } finally {
    for (const each of restore) each();
  }
  return parts.join('');
}
