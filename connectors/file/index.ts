export { sink } from './file-sink.ts';
export { source } from './file-source.ts';
