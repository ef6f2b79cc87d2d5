/** Source of randomness. Injected so that a run can be repeated from its seed. */
export interface Entropy {
  /** Uniform unsigned 32-bit integer. */
  u32(): number;
  /** Fills `target` with random bytes. */
  fill(target: Uint8Array): void;
}
