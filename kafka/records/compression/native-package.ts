import { createRequire } from 'node:module';
import { UnsupportedCodecError } from '../errors.ts';

type Transform = (bytes: Buffer) => Buffer;

/** Compression and decompression of one raw block by a native package. */
export interface BlockCodec {
  readonly compress: Transform;
  /** `bytes` in the shape that the package wants. Throws when they are malformed. */
  readonly decompress: Transform;
}

/** Below this many compressed bytes the call into native code costs more than it saves. */
export const NATIVE_BYTES_MIN = 512;

/**
 * A native package that is loaded at its first use: start-up does not pay for codecs that nobody uses.
 * Decompression has our own code to fall back on, compression does not.
 */
export class NativePackage {
  readonly #load: (require: NodeJS.Require) => BlockCodec;
  #codec: BlockCodec | undefined;
  #failure: unknown;

  constructor(load: (require: NodeJS.Require) => BlockCodec) {
    this.#load = load;
  }

  /** The package, or undefined when it has no binary for this platform. */
  get(): BlockCodec | undefined {
    if (this.#codec !== undefined || this.#failure !== undefined) return this.#codec;
    try {
      this.#codec = this.#load(createRequire(import.meta.url));
    } catch (cause) {
      this.#failure = cause;
    }
    return this.#codec;
  }

  /** The package. Throws {@link UnsupportedCodecError} when it has no binary for this platform. */
  demand(codec: string): BlockCodec {
    const loaded = this.get();
    if (loaded !== undefined) return loaded;
    throw new UnsupportedCodecError(
      `cannot compress with ${codec}: its native package does not load here; choose gzip or zstd`,
      { cause: this.#failure },
    );
  }
}
