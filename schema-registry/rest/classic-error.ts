import { RegistryError } from '../errors.ts';

/** The error as releases up to 7.9 tell it: 409 without a longer code, modes and contexts in older words. */
export function classicError(error: RegistryError): RegistryError {
  const { status, errorCode, message } = error;
  if (status === 409) return new RegistryError(status, status, message);
  if (errorCode === 42204)
    return new RegistryError(status, errorCode, message.replace(', IMPORT and FORWARD', ', and IMPORT'));
  if (errorCode !== 42205) return error;
  return new RegistryError(
    status,
    errorCode,
    message.replace(/^(Subject [\s\S]*) in context \S+ is (?=in |not in )/, '$1 is '),
  );
}
