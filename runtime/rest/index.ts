export { type Rest, type RestOptions, startRest } from './server.ts';
