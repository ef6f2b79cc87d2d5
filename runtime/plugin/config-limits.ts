import { type ConfigProblem, invalidValue } from './config-problem.ts';
import type { ConfigProperty } from './config-schema.ts';
import { patternProblem } from './pattern.ts';
import { Secret } from './secret.ts';

/** The first limit of the schema that `value` breaks; undefined when it keeps them all. `value` is already read. */
export function limitProblem(
  key: string,
  property: ConfigProperty,
  value: unknown,
): ConfigProblem | undefined {
  if (Array.isArray(value)) {
    const problem = listProblem(key, property, value);
    if (problem !== undefined) return problem;
  }
  const reason =
    (typeof value === 'string' ? textReason(property, value) : undefined) ??
    (value instanceof Secret ? textReason(property, value.reveal()) : undefined) ??
    (typeof value === 'number' ? numberReason(property, value) : undefined) ??
    property.check?.(value);
  if (typeof reason === 'object') return { key, message: reason.message };
  return reason === undefined ? undefined : invalidValue(key, value, reason);
}

function textReason(property: ConfigProperty, text: string): string | undefined {
  if (property.enum !== undefined && !property.enum.includes(text)) return enumReason(property);
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = property;
  if (minLength === 1 && text === '') return 'String must be non-empty';
  if (text.length < minLength) return `String must have at least ${minLength} characters`;
  if (text.length > maxLength) return `String must have at most ${maxLength} characters`;
  if (property.format === 'uri' && !URL.canParse(text)) return 'Expected a URL such as http://host:8080/path';
  if (property.format === 'regex') return patternProblem(text);
  return undefined;
}

/** Why none of its values is not one of an `enum`. */
export function enumReason(property: ConfigProperty): string {
  const values = property.enum ?? [];
  return property.ignoreCase === true
    ? `String must be one of (case insensitive): ${values.map((value) => value.toUpperCase()).join(', ')}`
    : `String must be one of: ${values.join(', ')}`;
}

function numberReason(property: ConfigProperty, value: number): string | undefined {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = property;
  if (value < minimum) return `Value must be at least ${minimum}`;
  return value > maximum ? `Value must be no more than ${maximum}` : undefined;
}

function listProblem(
  key: string,
  property: ConfigProperty,
  list: readonly unknown[],
): ConfigProblem | undefined {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = property;
  const problem = (message: string): ConfigProblem => ({ key, message: `Configuration '${key}' ${message}` });
  if (list.length === 0 && minItems > 0) {
    return problem('must not be empty. Valid values include: any non-empty value');
  }
  if (list.length < minItems) return problem(`must have at least ${minItems} values.`);
  if (list.length > maxItems) return invalidValue(key, list, `exceeds maximum list size of [${maxItems}].`);
  if (property.uniqueItems === true && new Set(list).size < list.length) {
    return problem('values must not be duplicated.');
  }
  if (property.uniqueItems === true && list.includes('')) return problem('values must not be empty.');
  if (property.items === undefined) return undefined;
  for (const item of list) {
    const broken = limitProblem(key, property.items, item);
    if (broken !== undefined) return broken;
  }
  return undefined;
}
