import type { Generation } from '../canonical/request.js'

/** The prompt of a request that came in this dialect. */
export const promptOf = ({ items }: Generation): string =>
  items
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('')

/** What each choice of the answer begins with: nothing, unless an echo was asked for. */
export const echoOf = (asked: Generation): string => (asked.state.echo === true ? promptOf(asked) : '')
