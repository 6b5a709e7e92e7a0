import { mintId } from '@weir/contracts'

/** A call needs an id everywhere else; Gemini gives it one only now and then. */
const mark = 'gc_'

/** The longest part of an answer's id that is taken, so that the whole stays below the 64 characters of an id. */
const longestKey = 48

/** What tells the calls of one answer from those of any other; by the answer's own id, so that they are the same however it came. */
export const keyOfAnswer = (responseId: string | undefined): string =>
  responseId === undefined ? mintId('call').slice(5) : responseId.replace(/[^\w-]/g, '_').slice(-longestKey)

/** The id of a call that came without one, by its place. */
export const derivedId = (key: string | number, ...places: readonly number[]): string => `${mark}${[key, ...places].join('_')}`

/** Whether a call came without an id. Such ids are ours, and a server that never gave them does not get them back. */
export const isDerivedId = (callId: string): boolean => callId.startsWith(mark)
