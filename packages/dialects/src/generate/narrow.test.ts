import { describe, expect, it } from 'vitest'
import { isBoolean, known, overlay, reading, taking, type Loose } from './narrow.js'

const smuggling = (): Loose => JSON.parse('{"a":1,"__proto__":{"stream":true}}') as Loose

/** Own, and not what the object inherits. */
function isOwnOnly(value: Loose): void {
  expect(JSON.stringify(value)).toBe('{"a":1,"__proto__":{"stream":true}}')
  expect(value.stream).toBeUndefined()
}

describe('a field called __proto__ stays a field', () => {
  it('when fields are taken', () => {
    const { take, rest } = taking(smuggling())
    expect(take('stream', isBoolean)).toBeUndefined()
    isOwnOnly(rest)
  })

  it('when fields are read', () => {
    const { take, rest } = reading(smuggling())
    expect(take('stream', isBoolean)).toBeUndefined()
    isOwnOnly(rest())
  })

  it('when what is not set is left out', () => isOwnOnly(known(smuggling())))

  it('when objects are laid over one another', () => {
    isOwnOnly(overlay({ a: 1 }, smuggling()))
    isOwnOnly(overlay(smuggling(), { a: 1 }))
    expect({}).not.toHaveProperty('stream')
  })
})
