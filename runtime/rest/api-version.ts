/** The version of Kafka Connect whose API this is; tools decide by it what they may call. */
export const apiVersion = '4.3.1';
