/** Placeholder that is being written: a seeded generator. */
export const seedMax = 0xffff_ffff;
