export { type Rest, startRest } from './server.ts';
