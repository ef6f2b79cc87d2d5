import { bufferOf } from '../data/index.ts';

/** A character set as Java knows it: what it cannot write is `?`, what it cannot read U+FFFD. */
export interface Charset {
  encode(text: string): Buffer;
  decode(bytes: Uint8Array): string;
}

const loneSurrogate = /\p{Cs}/gu;

/** What most texts are in. */
export const utf8: Charset = {
  encode: (text) => Buffer.from(text.isWellFormed() ? text : text.replaceAll(loneSurrogate, '?')),
  decode: (bytes) => bufferOf(bytes).toString('utf8'),
};

const latin1: Charset = {
  encode: (text) =>
    Buffer.from(text.replaceAll(/[\ud800-\udbff][\udc00-\udfff]|[\u0100-\uffff]/g, '?'), 'latin1'),
  decode: (bytes) => bufferOf(bytes).toString('latin1'),
};

const ascii: Charset = {
  encode: (text) =>
    Buffer.from(text.replaceAll(/[\ud800-\udbff][\udc00-\udfff]|[\u0080-\uffff]/g, '?'), 'latin1'),
  decode: (bytes) =>
    bufferOf(bytes)
      .toString('latin1')
      .replaceAll(/[\u0080-\u00ff]/g, '\ufffd'),
};

const utf16le: Charset = {
  encode: (text) => Buffer.from(text.replaceAll(loneSurrogate, '\ufffd'), 'utf16le'),
  decode: (bytes) => new TextDecoder('utf-16le', { ignoreBOM: true }).decode(bytes),
};

const utf16be: Charset = {
  encode: (text) => utf16le.encode(text).swap16(),
  decode: (bytes) => new TextDecoder('utf-16be', { ignoreBOM: true }).decode(bytes),
};

/** With a mark of the byte order: big-endian when written, and when a text to read has none. */
const utf16: Charset = {
  encode: (text) => (text === '' ? Buffer.alloc(0) : utf16be.encode(`\ufeff${text}`)),
  decode: (bytes) => {
    const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
    return new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be').decode(bytes);
  },
};

/** By Java's names, in upper case. */
const charsets: ReadonlyMap<string, Charset> = new Map([
  ['UTF-8', utf8],
  ['UTF8', utf8],
  ['US-ASCII', ascii],
  ['ASCII', ascii],
  ['ISO-8859-1', latin1],
  ['LATIN1', latin1],
  ['UTF-16', utf16],
  ['UTF-16BE', utf16be],
  ['UTF-16LE', utf16le],
]);

/** Names of the character sets, for messages. */
export const charsetNames: readonly string[] = [...charsets.keys()];

/** The character set that Java knows by `name`, in any case; undefined when there is none here. */
export function charsetOf(name: string): Charset | undefined {
  return charsets.get(name.toUpperCase());
}
