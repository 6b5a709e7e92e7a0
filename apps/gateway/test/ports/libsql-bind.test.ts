import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bind, unescapeText } from '../../src/adapters/libsql/bind.js'
import { openConnection } from '../../src/adapters/libsql/connection.js'

// What the guard lets through by mistake ends the process that runs this file.

const connection = openConnection(':memory:')
connection.exec('CREATE TABLE t (v ANY) STRICT')

function roundTrip(value: unknown): unknown {
  connection.exec('DELETE FROM t')
  connection.statement('INSERT INTO t (v) VALUES (?)').run(bind([value]))
  // Integers of 64 bits are compared as text: a plain read rounds them.
  const row = connection.statement("SELECT typeof(v) AS type, v, format('%d', v) AS digits FROM t").get(bind([]))
  return row && { type: row['type'], v: row['v'], digits: row['digits'] }
}

const bindable = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\0', '\u0001', '0', '1', 'é') }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Number.isInteger(number)),
  fc.constant(null),
)

const special = [undefined, true, Symbol('s'), Number.NaN, Infinity, -Infinity, 2 ** 53, 1e300, Buffer.from('a'), Object('text')]

const unbindable = fc.oneof(
  fc.boolean(),
  fc.date(),
  fc.object(),
  fc.array(fc.anything()),
  fc.uint8Array(),
  fc.float32Array(),
  fc.func(fc.anything()),
  fc.constantFrom(...special),
  fc.bigInt({ min: 2n ** 63n }),
  fc.bigInt({ max: -(2n ** 63n) - 1n }),
)

describe('binding', () => {
  test('keeps every value that it takes', () => {
    fc.assert(
      fc.property(bindable, (value) => {
        const read = roundTrip(value)
        if (value === null) expect(read).toMatchObject({ type: 'null' })
        else if (typeof value === 'string') {
          expect(read).toMatchObject({ type: 'text' })
          expect(unescapeText((read as { v: string }).v) === value).toBe(true)
        } else if (Number.isInteger(value) || typeof value === 'bigint') {
          expect(read).toMatchObject({ type: 'integer', digits: String(BigInt(value)) })
        } else expect(read).toMatchObject({ type: 'real', v: value })
      }),
      { numRuns: 1_000 },
    )
  })

  test('refuses every value that SQLite would not keep exactly, before libsql sees it', () => {
    fc.assert(fc.property(unbindable, (value) => void expect(() => bind([value])).toThrow(/cannot bind/)))
  })

  test.each(special.map((value) => [value]))('refuses %s', (value) => {
    expect(() => bind([value])).toThrow(/cannot bind/)
  })

  test('reads a lone surrogate back as the replacement character', () => {
    expect(roundTrip('a\ud800b')).toMatchObject({ v: 'a\ufffdb' })
  })

  test('survives anything at all', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withNullPrototype: true }), (value) => {
        try {
          roundTrip(value)
        } catch (error) {
          expect(String(error)).toMatch(/cannot bind/)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test.each([[[]], [['a', 'b']]])('refuses %j for one placeholder', (values) => {
    expect(() => connection.statement('INSERT INTO t (v) VALUES (?)').run(bind(values))).toThrow(/1 placeholders/)
  })
})
