/** Above this many bytes waiting in a connection, `write` asks its caller to wait for `onDrain`. */
export const HIGH_WATER_BYTES = 1024 * 1024;

/**
 * How much one connection may deliver before the others get a turn. Without it the event loop reads a hot socket up
 * to 32 times in a row, and one bulk producer holds everybody up for tens of milliseconds.
 */
export const READ_BUDGET_BYTES = 1024 * 1024;
