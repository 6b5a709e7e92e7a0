import type { responses } from '@weir/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { turnsOf, waiting } from './turns.js'

// A conversation in short: u(ser), a(ssistant), d(eveloper), r(easoning), c1 (a call), o1 (its output), z (a compaction).
function item(word: string): responses.InputItem {
  const id = `call_${word.slice(1)}`
  switch (word[0]) {
    case 'u':
      return { role: 'user', content: word }
    case 'a':
      return { type: 'message', role: 'assistant', content: word }
    case 'd':
      return { role: 'developer', content: word }
    case 'r':
      return { type: 'reasoning', summary: [] }
    case 'c':
      return { type: 'function_call', call_id: id, name: 'f', arguments: '{}' }
    case 'o':
      return { type: 'function_call_output', call_id: id, output: 'x' }
    case 'S':
      return {
        role: 'user',
        content: 'The conversation up to here was made short. This is the summary of it that you wrote:\n\nx',
      }
    case 's':
      return { type: 'shell_call', call_id: id }
    case 't':
      return { type: 'shell_call_output', call_id: id }
    default:
      return { type: 'compaction', encrypted_content: 'x' }
  }
}

const conversation = (short: string): responses.InputItem[] => short.split(' ').filter(Boolean).map(item)

function told(short: string) {
  const words = short.split(' ').filter(Boolean)
  const say = (places: readonly number[]): string => places.map((place) => words[place]).join(' ')
  const { standing, older, newest } = turnsOf(conversation(short))
  return { standing: say(standing), older: older.map(say), newest: say(newest) }
}

describe('the turns of a conversation', () => {
  it.each([
    ['', { standing: '', older: [], newest: '' }],
    ['u1', { standing: '', older: [], newest: 'u1' }],
    ['u1 a1 u2 a2 u3', { standing: '', older: ['u1 a1', 'u2 a2'], newest: 'u3' }],
    ['d1 u1 a1 z u2 d2', { standing: 'd1 z d2', older: ['u1 a1'], newest: 'u2' }],
    ['u1 u2 a1 u3 u4', { standing: '', older: ['u1 u2 a1'], newest: 'u3 u4' }],
    ['u1 r c1 o1 r c2 o2 a1 u2', { standing: '', older: ['u1 r c1 o1 r c2 o2 a1'], newest: 'u2' }],
    // The newest turn of an agent goes step by step, and its question stays.
    [
      'u1 a1 u2 r c1 o1 a2 c2 c3 o2 o3 r c4 o4',
      { standing: '', older: ['u1 a1', 'r c1 o1', 'a2 c2 c3 o2 o3'], newest: 'u2 r c4 o4' },
    ],
    ['u1 s1 t1 s2 t2', { standing: '', older: ['s1 t1'], newest: 'u1 s2 t2' }],
    ['S u1 a1 u2', { standing: '', older: ['S', 'u1 a1'], newest: 'u2' }],
    ['S u1 c1 o1 c2 o2', { standing: '', older: ['S', 'c1 o1'], newest: 'u1 c2 o2' }],
    ['d1 S r c1 o1', { standing: 'd1', older: ['S'], newest: 'r c1 o1' }],
    ['S o1', { standing: '', older: ['S'], newest: 'o1' }],
    ['a1 u1', { standing: '', older: ['a1'], newest: 'u1' }],
    // A call whose output comes turns later binds them to each other.
    ['u1 c1 u2 a2 u3 o1 u4', { standing: '', older: ['u1 c1 u3 o1', 'u2 a2'], newest: 'u4' }],
    ['u1 c1 u2 a2 u3 o1', { standing: '', older: ['u2 a2'], newest: 'u1 c1 u3 o1' }],
    ['u1 r c1 c2 u2 c1 o1 u3 o2', { standing: '', older: [], newest: 'u1 r c1 c2 u2 c1 o1 u3 o2' }],
  ])('%s', (short, expected) => {
    expect(told(short)).toEqual(expected)
  })

  it('hold every item once, and both halves of a call together', () => {
    const word = fc.oneof(
      fc.constantFrom('u', 'a', 'd', 'r', 'z'),
      fc.tuple(fc.constantFrom('c', 'o'), fc.integer({ min: 1, max: 6 })).map(([kind, id]) => `${kind}${id}`),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        const { standing, older, newest } = turnsOf(conversation(words.join(' ')))
        const all = [...standing, ...older.flat(), ...newest]
        expect(all.toSorted((one, other) => one - other)).toEqual(words.map((_, place) => place))
        const groupOf = new Map([...older, newest].flatMap((places, group) => places.map((place) => [place, group] as const)))
        for (const [place, one] of words.entries())
          for (const [other, two] of words.entries())
            if (/^[co]/.test(one) && /^[co]/.test(two) && one.slice(1) === two.slice(1))
              expect(groupOf.get(place)).toBe(groupOf.get(other))
        const lastUser = words.lastIndexOf('u')
        if (lastUser >= 0) expect(newest).toContain(lastUser)
      }),
    )
  })

  it('are told in linear time, though all calls have the same id', () => {
    const items = Array.from({ length: 60_000 }, (_, place) => item(place % 2 === 0 ? 'c1' : 'o1'))
    expect(turnsOf(items).newest).toHaveLength(60_000)
  })
})

describe('the calls that wait for their output', () => {
  it.each([
    ['u1 a1', ''],
    ['u1 r c1 o1', ''],
    ['u1 c1 o1 r a1 c2', 'r a1 c2'],
    ['u1 r c1 c2 o1', 'r c1 c2 o1'],
    ['u1 c1 u2 a1', 'c1'],
    ['o1 u1', ''],
    ['u1 s1', 's1'],
    ['S r c1', 'r c1'],
  ])('%s', (short, expected) => {
    const words = short.split(' ')
    expect(
      waiting(conversation(short))
        .map((place) => words[place])
        .join(' '),
    ).toBe(expected)
  })
})
