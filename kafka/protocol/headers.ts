import { apiOf } from './apis.ts';
import { decodePrefix, writeMessage } from './codec/codec.ts';
import { ProtocolDecodeError } from './codec/errors.ts';
import { Reader } from './codec/reader.ts';
import { Writer } from './codec/writer.ts';
import { requestHeader, responseHeader } from './messages/headers.ts';
import { type Encodable, includesVersion, type MessageDefinition } from './schema/index.ts';

/** The header of a request, and where its body starts in the frame. */
export interface DecodedRequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  /** Of no use when the API is unknown: whether tagged fields follow the client id is then unknown too. */
  readonly bodyOffset: number;
}

/** What a frame needs besides the message: version, correlation id and, in requests, the client id. */
export interface FrameHeader {
  readonly apiVersion: number;
  readonly correlationId: number;
}

/**
 * Reads the header of a request frame (without its size). API keys and versions this package does not know
 * are no error here: a too new ApiVersions request must still be answered.
 * Throws {@link ProtocolDecodeError} on a frame too short or broken for a header.
 */
export function decodeRequestHeader(frame: Buffer): DecodedRequestHeader {
  const start = new Reader(frame, 0);
  if (frame.length < 8) throw shortHeader(frame);
  const [apiKey, apiVersion] = [start.int16(), start.int16()];
  const api = apiOf(apiKey);
  const version = api === undefined ? 1 : requestHeaderVersion(api.request, apiVersion);
  const { value, end } = decodePrefix(requestHeader, version, frame);
  return {
    apiKey,
    apiVersion,
    correlationId: value.correlationId,
    clientId: value.clientId,
    bodyOffset: end,
  };
}

function shortHeader(frame: Buffer): ProtocolDecodeError {
  const reason = `a frame of ${frame.length} bytes is too short for a header`;
  return new ProtocolDecodeError({ reason, offset: 0, message: requestHeader.name });
}

/** Reads the header of a response frame (without its size) to a request of this definition and version. */
export function decodeResponseHeader(
  response: MessageDefinition,
  apiVersion: number,
  frame: Buffer,
): { correlationId: number; bodyOffset: number } {
  const version = responseHeaderVersion(response, apiVersion);
  const { value, end } = decodePrefix(responseHeader, version, frame);
  return { correlationId: value.correlationId, bodyOffset: end };
}

/** 2 for flexible requests, else 1. */
export function requestHeaderVersion(request: MessageDefinition, apiVersion: number): number {
  return includesVersion(request.flexibleVersions, apiVersion) ? 2 : 1;
}

/** 1 for flexible responses, else 0. ApiVersions has 0 always: its reader does not know the version yet (KIP-511). */
export function responseHeaderVersion(response: MessageDefinition, apiVersion: number): number {
  const isApiVersions = response.apiKey === 18;
  return includesVersion(response.flexibleVersions, apiVersion) && !isApiVersions ? 1 : 0;
}

/** A whole request frame: size, header and body. Chunks as in `encode`. */
export function encodeRequestFrame<D extends MessageDefinition>(
  request: D,
  header: FrameHeader & { readonly clientId: string | null },
  body: Encodable<D>,
): Buffer[] {
  const { apiVersion, correlationId, clientId } = header;
  const fields = { requestApiKey: request.apiKey, requestApiVersion: apiVersion, correlationId, clientId };
  return frame((writer) => {
    writeMessage(writer, requestHeader, requestHeaderVersion(request, apiVersion), fields, 'typed');
    writeMessage(writer, request, apiVersion, body, 'typed');
  });
}

/** A whole response frame: size, header and body. Chunks as in `encode`. */
export function encodeResponseFrame<D extends MessageDefinition>(
  response: D,
  { apiVersion, correlationId }: FrameHeader,
  body: Encodable<D>,
): Buffer[] {
  return frame((writer) => {
    const version = responseHeaderVersion(response, apiVersion);
    writeMessage(writer, responseHeader, version, { correlationId }, 'typed');
    writeMessage(writer, response, apiVersion, body, 'typed');
  });
}

function frame(write: (writer: Writer) => void): Buffer[] {
  const writer = new Writer();
  writer.int32(0);
  write(writer);
  const size = writer.length - 4;
  const chunks = writer.finish();
  chunks[0]?.writeInt32BE(size);
  return chunks;
}
