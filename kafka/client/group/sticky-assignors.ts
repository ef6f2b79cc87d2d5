import { int32, array, data, decode, encodeToBuffer, string } from '../../protocol/schema/index.ts';
