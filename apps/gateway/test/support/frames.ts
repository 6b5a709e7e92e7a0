/** The JSON events of a whole stream, in their order; `[DONE]` and comments are left out. */
export function framesOf(text: string): Readonly<Record<string, unknown>>[] {
  return text
    .split('\n\n')
    .flatMap((frame) => frame.split('\n').filter((line) => line.startsWith('data: ')))
    .map((line) => line.slice('data: '.length))
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as Record<string, unknown>)
}
