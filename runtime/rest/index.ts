export { isRestKey, type RestSettings, restSettings } from './rest-settings.ts';
export { isLoopback, isWildcard, type Rest, startRest } from './server.ts';
