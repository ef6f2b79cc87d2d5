/** Arguments as the text of a question: JSON without its marks, long names shortened. */
export function told(value: unknown): string {
  return JSON.stringify(value)
    .replace(/(.)\1{40,}/g, (run: string, letter: string) => `${letter}{${run.length}}`)
    .replaceAll('"":', "''=")
    .replaceAll(':""', "=''")
    .replaceAll('""', "''")
    .replaceAll('":', '=')
    .replaceAll('"', '');
}
