/** The first thing wrong with a value, and where. */
export interface Fault {
  /** Innermost step last. Built from the inside out, on failure only. */
  readonly path: (string | number)[]
  readonly message: string
  readonly missing: boolean
}

const longestEcho = 40

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'string') return value.length <= longestEcho ? JSON.stringify(value) : 'another string'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'object' ? 'an object' : typeof value
}

/** A value that is not what its rule takes. `expected` ends the sentence "Expected …"; a long value is not repeated. */
export const refuse = (expected: string, value: unknown): Fault => ({
  path: [],
  message: `Expected ${expected}, but got ${describe(value)}.`,
  missing: false,
})

export const absent = (name: string, expected: string): Fault => ({
  path: [name],
  message: `This field is required: ${expected}.`,
  missing: true,
})

/** A field that is right by itself and wrong beside another one. */
export const misplaced = (path: (string | number)[], message: string): Fault => ({ path, message, missing: false })

export function under(step: string | number, fault: Fault): Fault {
  fault.path.unshift(step)
  return fault
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
