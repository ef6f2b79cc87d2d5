import { RegistryError } from '../errors.ts';

/** An error that HTTP itself knows, in the words of Confluent's server. */
export function httpError(status: number): RegistryError {
  const { STATUS_CODES } = process.getBuiltinModule('node:http'); // Imported, it would load much more.
  return new RegistryError(status, status, `HTTP ${status} ${STATUS_CODES[status] ?? 'Error'}`);
}

/** A body that cannot be taken: 400 when it is not JSON or of a wrong type, 422 when there is none. */
export function bodyError(status: 400 | 422, message: string): RegistryError {
  return new RegistryError(status, status, message);
}
