import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unwrapped, unwrapping, wrapInput } from './unwrap.js'

// A failing run prints its seed; `UNWRAP_SEED=<seed>` repeats it.
const seed = Number(process.env.UNWRAP_SEED ?? Date.now() % 1_000_000)

/** What comes out of a text that comes in pieces. */
function inPieces(text: string, cuts: readonly number[]): string {
  const reader = unwrapping()
  let given = ''
  let from = 0
  for (const to of cuts.map((cut) => cut % (text.length + 1)).toSorted((first, second) => first - second)) {
    given += reader.push(text.slice(from, to))
    from = to
  }
  return given + reader.push(text.slice(from)) + reader.end()
}

/** Every character as an escape, as some servers write all that is not ASCII. */
const escaped = (text: string): string =>
  `{ "input" :\n"${[...Array(text.length).keys()].map((place) => `\\u${text.charCodeAt(place).toString(16).padStart(4, '0')}`).join('')}"}`

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', 'ü', '🦀', '{', '}', 'u', 'd') }),
)
const cuts = fc.array(fc.nat(), { maxLength: 30 })

describe(`free text in a wrapping (seed ${seed})`, () => {
  it('comes out whole, wherever it is cut', () => {
    fc.assert(
      fc.property(texts, cuts, (text, places) => {
        expect(inPieces(wrapInput(text), places)).toBe(text)
        expect(inPieces(escaped(text), places)).toBe(text)
      }),
      { seed, numRuns: 500 },
    )
  })

  it('comes out the same however it is cut, be it a wrapping or not', () => {
    const odd = fc.oneof(
      fc.string(),
      fc.tuple(fc.string(), fc.string()).map(([text, rest]) => wrapInput(text).slice(0, -1 - (rest.length % 3)) + rest),
      fc.json(),
    )
    fc.assert(
      fc.property(odd, cuts, (text, places) => {
        expect(inPieces(text, places)).toBe(unwrapped(text))
      }),
      { seed, numRuns: 500 },
    )
  })

  it('comes as it is written, and not only at the end', () => {
    const reader = unwrapping()
    expect(['{"inp', 'ut": "*** Be', 'gin\\', 'n\\ud83e', '\\udd80', '!"', '}'].map((piece) => reader.push(piece))).toEqual([
      '',
      '*** Be',
      'gin',
      '\n',
      '🦀',
      '!',
      '',
    ])
    expect(reader.end()).toBe('')
  })

  it.each([
    // What is no wrapping is given as it came, so that whoever called sees the slip.
    ['', ''],
    ['select 1', 'select 1'],
    ['"a bare\\nstring"', 'a bare\nstring'],
    ['{"other":1}', '{"other":1}'],
    ['{"input":{"a":1}}', '{"input":{"a":1}}'],
    ['[1]', '[1]'],
    ['{"note":"first","input":"x"}', 'x'],
    ['{"input":"x","note":"too much"}', 'x'],
    // What breaks off is as long as it came.
    ['{"inp', '{"inp'],
    ['{"input":"half', 'half'],
    ['{"input":"half\\', 'half\\'],
    ['{"input":"half\\u12', 'half\\u12'],
    ['{"input":"all"', 'all'],
    // Text that was not escaped as it should be.
    ['{"input":"C:\\dir"}', 'C:\\dir'],
    ['{"input":"line\nline"}', 'line\nline'],
    ['{"input":"say "hi" now"}', 'say "hi" now"}'],
    ['{"input":"a"}{"input":"b"}', 'a"}{"input":"b"}'],
    ['{"input":"\\ud83d and on"}', '\ud83d and on'],
    ['{"input":"\\ud83d"}', '\ud83d'],
  ])('of %j is %j', (given, text) => {
    expect(unwrapped(given)).toBe(text)
  })

  it('of a megabyte is read in time that grows with its length only', () => {
    const text = '"\\\n🦀x'.repeat(200_000)
    const wrapped = wrapInput(text)
    const reader = unwrapping()
    let given = ''
    for (let place = 0; place < wrapped.length; place += 7) given += reader.push(wrapped.slice(place, place + 7))
    expect(given + reader.end()).toBe(text)
  })
})
