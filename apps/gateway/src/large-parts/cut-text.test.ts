import { assert, constantFrom, dictionary, integer, jsonValue, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { cut, isCut, longRun, readCut, writeCut } from './cut-text.js'

const joined = (kept: string, contents: ReadonlyMap<string, string>): string => {
  const { hashes, join } = readCut(kept)
  return join(hashes.map((hash) => contents.get(hash) ?? ''))
}

/** Cuts a text and puts it together again. */
function thereAndBack(json: string): { readonly kept: string; readonly back: string } {
  const found = cut(json)
  if (!found) return { kept: json, back: json }
  const contents = new Map(found.pieces.map(({ content }, place) => [`hash ${place}`, content]))
  const kept = writeCut(found, [...contents.keys()])
  return { kept, back: joined(kept, contents) }
}

test('what is long is cut out, and everything else stays as it is', () => {
  const image = `data:image/png;base64,${'A'.repeat(longRun)}`
  const { kept, back } = thereAndBack(JSON.stringify([{ text: 'What is it?', image }, { image }]))
  expect(kept).toBe('cut:[[32,"hash 0"],[45,"hash 1"]]\n[{"text":"What is it?","image":""},{"image":""}]')
  expect(back).toBe(JSON.stringify([{ text: 'What is it?', image }, { image }]))
})

test('a text without anything long stays whole, to the last character before', () => {
  expect(cut(JSON.stringify({ a: 'A'.repeat(longRun - 1), b: 'B'.repeat(longRun - 1) }))).toBeUndefined()
  expect(cut(JSON.stringify({ a: 'A'.repeat(longRun) }))?.pieces).toHaveLength(1)
})

test("nothing that a caller writes is taken for the gateway's own mark", () => {
  const long = 'A'.repeat(longRun)
  for (const text of ['cut:[[0,"hash 0"]]\n', `cut:[[0,"hash 0"]]\n${long}`, `","cut:${long}`, '\ncut:'])
    expect(thereAndBack(JSON.stringify({ text, long })).back).toBe(JSON.stringify({ text, long }))
  expect(isCut(JSON.stringify('cut:[]'))).toBe(false)
})

test('any JSON comes back as it was, with long runs of any kind at any place', () => {
  const filler = constantFrom('A', '"', '\\', '\n', 'é', '图', '\u{1F600}', '\u2028', '"A', 'A\\')
  const value = dictionary(string(), jsonValue())
  assert(
    property(value, filler, integer({ min: 0, max: 3 }), value, (before, fill, count, after) => {
      const long = fill.repeat(longRun)
      const json = JSON.stringify([before, ...Array(count).fill(long), Array(count).fill(1), after, { [long]: long }])
      expect(thereAndBack(json).back).toBe(json)
    }),
    { numRuns: 100 },
  )
})
