import { join } from 'node:path';

/** The folder of the project. */
export const projectRoot: string = join(import.meta.dirname, '../..');

/** Everything that is installed or written goes below this folder, which git ignores. */
export const cache: string = join(import.meta.dirname, '.cache');

/** The programs that use the clients, a folder each. */
export const clients: string = join(import.meta.dirname, 'clients');
