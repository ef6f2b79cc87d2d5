export type { PluginAddress } from './messages.ts';
export { servePlugin } from './serve-plugin.ts';
