import type { ProducerRecord } from '../../../../kafka/client/index.ts';
import { truth } from '../client-properties.ts';
import { ToolError } from '../errors.ts';
import type { Properties } from '../properties-file.ts';

/** What a line says of a record. */
type ParsedLine = Pick<ProducerRecord, 'key' | 'value' | 'headers'>;

/** Kafka's `LineMessageReader` on bytes: what is not UTF-8 stays as it is. */
export class LineParser {
  readonly #hasKey: boolean;
  readonly #hasHeaders: boolean;
  readonly #ignoresErrors: boolean;
  readonly #keySeparator: Buffer;
  readonly #headersDelimiter: Buffer;
  readonly #headersSeparator: Buffer;
  readonly #headerKeySeparator: Buffer;
  readonly #nullMarker: Buffer | undefined;

  /** Throws {@link ToolError} for a property that cannot be. */
  constructor(properties: Properties) {
    const isOn = (name: string) => truth(name, (properties.get(name) ?? 'false').trim());
    const separator = (name: string, standard: string) => {
      const text = properties.get(name) ?? standard;
      if (text === '')
        throw new ToolError(`${name} may not be empty`, 'org.apache.kafka.common.KafkaException');
      return Buffer.from(text);
    };
    this.#hasKey = isOn('parse.key');
    this.#hasHeaders = isOn('parse.headers');
    this.#ignoresErrors = isOn('ignore.error');
    this.#keySeparator = separator('key.separator', '\t');
    this.#headersDelimiter = separator('headers.delimiter', '\t');
    this.#headersSeparator = separator('headers.separator', ',');
    this.#headerKeySeparator = separator('headers.key.separator', ':');
    this.#refuseEqual(
      'headers.delimiter',
      this.#headersDelimiter,
      'headers.separator',
      this.#headersSeparator,
    );
    this.#refuseEqual(
      'headers.delimiter',
      this.#headersDelimiter,
      'headers.key.separator',
      this.#headerKeySeparator,
    );
    this.#refuseEqual(
      'headers.separator',
      this.#headersSeparator,
      'headers.key.separator',
      this.#headerKeySeparator,
    );
    const marker = properties.get('null.marker');
    this.#nullMarker = marker === undefined ? undefined : Buffer.from(marker);
  }

  /** Reads one line, without its end. Parts are slices of it. Throws {@link ToolError} with the line number. */
  parse(line: Buffer, lineNumber: number): ParsedLine {
    const headers = this.#hasHeaders
      ? this.#before(this.#headersDelimiter, 'headers delimiter', line, line, lineNumber)
      : undefined;
    const rest = headers === undefined ? line : line.subarray(headers.length + this.#headersDelimiter.length);
    const key = this.#hasKey
      ? this.#before(this.#keySeparator, 'key separator', rest, line, lineNumber)
      : undefined;
    const value = key === undefined ? rest : rest.subarray(key.length + this.#keySeparator.length);
    return {
      key: key === undefined ? null : this.#nullable(key),
      value: this.#nullable(value),
      headers: headers === undefined || this.#isNull(headers) ? [] : this.#headersOf(headers, lineNumber),
    };
  }

  /** What stands before the separator; undefined when it is missing and errors are ignored. */
  #before(
    separator: Buffer,
    what: string,
    rest: Buffer,
    line: Buffer,
    lineNumber: number,
  ): Buffer | undefined {
    const end = rest.indexOf(separator);
    if (end >= 0) return rest.subarray(0, end);
    if (this.#ignoresErrors) return undefined;
    throw parseError(`No ${what} found on line number ${lineNumber}: '${line}'`);
  }

  #headersOf(text: Buffer, lineNumber: number): { readonly key: string; readonly value: Buffer | null }[] {
    return split(text, this.#headersSeparator).map((pair) => {
      const end = pair.indexOf(this.#headerKeySeparator);
      if (end < 0) {
        if (this.#ignoresErrors) return { key: pair.toString(), value: null };
        throw parseError(`No header key separator found in pair '${pair}' on line number ${lineNumber}`);
      }
      const key = pair.subarray(0, end);
      if (this.#isNull(key)) {
        throw parseError(
          `Header keys should not be equal to the null marker '${this.#nullMarker}' as they can't be null`,
        );
      }
      return {
        key: key.toString(),
        value: this.#nullable(pair.subarray(end + this.#headerKeySeparator.length)),
      };
    });
  }

  #nullable(bytes: Buffer): Buffer | null {
    return this.#isNull(bytes) ? null : bytes;
  }

  #isNull(bytes: Buffer): boolean {
    return this.#nullMarker?.equals(bytes) ?? false;
  }

  #refuseEqual(name: string, value: Buffer, otherName: string, other: Buffer): void {
    if (this.#hasHeaders && value.equals(other))
      throw parseError(`${name} and ${otherName} may not be equal`);
  }
}

function split(text: Buffer, separator: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let end = text.indexOf(separator); end >= 0; end = text.indexOf(separator, start)) {
    parts.push(text.subarray(start, end));
    start = end + separator.length;
  }
  return [...parts, text.subarray(start)];
}

function parseError(message: string): ToolError {
  return new ToolError(message, 'org.apache.kafka.common.KafkaException');
}
