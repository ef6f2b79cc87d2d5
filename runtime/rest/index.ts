export { isRestKey, type RestSettings, restSettings } from './rest-settings.ts';
export { isLoopback, type Rest, startRest } from './server.ts';
