import { timingSafeEqual } from 'node:crypto';
import { RestConfigError } from './rest-error.ts';

/** Passwords by user. */
export type Users = ReadonlyMap<string, string>;

/** Whether an `Authorization` header is that of a user. Takes as long for a wrong password as for a right one. */
export function isUser(users: Users, authorization: string | undefined): boolean {
  const [scheme = '', encoded = ''] = authorization?.trim().split(/\s+/) ?? [];
  if (scheme.toLowerCase() !== 'basic') return false;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return false;
  const password = users.get(text.slice(0, colon));
  return password !== undefined && isEqual(password, text.slice(colon + 1));
}

/**
 * The file of users that a JAAS file names for `KafkaConnect`, with Kafka's PropertyFileLoginModule. Throws
 * RestConfigError.
 */
export function jaasUserFile(jaas: string): string {
  const entry = /KafkaConnect\s*\{([^}]*)\}/.exec(jaas)?.[1];
  if (entry === undefined) {
    throw new RestConfigError('The JAAS file has no entry named KafkaConnect: add one for the REST API.');
  }
  const file = /PropertyFileLoginModule\s+required\s[^;]*?file\s*=\s*"([^"]+)"/.exec(entry)?.[1];
  if (file !== undefined) return file;
  throw new RestConfigError(
    'KafkaConnect in the JAAS file must be: org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule ' +
      'required file="…"; other login modules are not known here.',
  );
}

function isEqual(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  const isSameLength = left.length === right.length;
  return timingSafeEqual(left, isSameLength ? right : left) && isSameLength;
}
