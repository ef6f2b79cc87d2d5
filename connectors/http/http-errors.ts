/** Longest part of a response body that is quoted in an error, in characters. */
export const quoteLengthMax = 200;
