// The laws of what is no turn of a model, over every dialect and every fixture in its folder. A new dialect is one more entry here.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { embedContent } from './embed/embed-content/embed-content.js'
import { embeddings } from './embed/embeddings/embeddings.js'
import { moderations } from './moderate/moderations/moderations.js'
import type { PlainAnswer, PlainDialect } from './plain-dialect.js'
import { rerank } from './rerank/rerank/rerank.js'
import { speech } from './speak/speech/speech.js'

interface Subject {
  readonly folder: string
  readonly dialect: PlainDialect<{ readonly model: string }, PlainAnswer, object, object>
  /** The other dialects of the operation. */
  readonly others: readonly Subject['dialect'][]
}

const subjects: readonly Subject[] = [
  { folder: 'embed/embeddings', dialect: embeddings, others: [embedContent] },
  { folder: 'embed/embed-content', dialect: embedContent, others: [embeddings] },
  { folder: 'rerank/rerank', dialect: rerank, others: [] },
  { folder: 'moderate/moderations', dialect: moderations, others: [] },
]

const answering = { id: 'req_1', model: 'm', provider: 'up' }

for (const { folder, dialect, others } of subjects) {
  const place = new URL(`./${folder}/fixtures/`, import.meta.url)
  const names = readdirSync(place)
  const read = (name: string): object => JSON.parse(readFileSync(new URL(name, place), 'utf8'))
  const requests = names.filter((name) => name.endsWith('.request.json'))
  const pairs = requests
    .map((name) => [name, name.replace('.request.', '.response.')] as const)
    .filter(([, answer]) => names.includes(answer))

  describe(`the dialect ${dialect.name}`, () => {
    it('has fixtures, and no answer among them without its question', () => {
      expect(pairs.length).toBeGreaterThan(0)
      expect(requests.length + pairs.length).toBe(names.length)
    })

    it.each(requests)('%s: what is encoded decodes to the same, and every leaf of it is there', (name) => {
      const wire = read(name)
      const asked = dialect.request.decode(wire)
      const { body, losses } = dialect.request.encode(asked, { model: asked.model })
      expect(losses).toEqual([])
      expect(dialect.request.decode(body)).toEqual(asked)
      const encoded = leavesOf(body)
      for (const leaf of leavesOf(wire)) expect(encoded).toContain(leaf)
    })

    it.each(pairs)('%s: its answer, encoded, decodes to the same', (question, name) => {
      const asked = dialect.request.decode(read(question))
      const given = dialect.response.decode(read(name), asked)
      const encoded = dialect.response.encode(given, asked, answering)
      expect(dialect.response.decode(encoded, asked)).toEqual({ ...given, ...('model' in encoded && { model: encoded.model }) })
    })

    for (const other of others)
      it.each(requests)(`%s: every leaf of it is in the ${other.name} dialect, or among its losses`, (name) => {
        const wire = read(name)
        const asked = dialect.request.decode(wire)
        const { body, losses } = other.request.encode(asked, { model: asked.model })
        expect(losses.map(({ path, disposition }) => `${path} ${disposition}`)).toMatchSnapshot()
        const encoded = leavesOf(body)
        const missing = leavesOf(wire).filter((leaf) => !encoded.includes(leaf))
        if (losses.length === 0) expect(missing).toEqual([])
      })

    it.each([undefined, null, 'text', [], {}])('refuses %j, which is no answer', (wire) => {
      const [first = ''] = requests
      expect(() => dialect.response.decode(wire, dialect.request.decode(read(first)))).toThrow(
        expect.objectContaining({ name: 'MalformedAnswer' }),
      )
    })
  })
}

describe('the dialect speech', () => {
  const place = new URL('./speak/speech/fixtures/', import.meta.url)

  it.each(readdirSync(place))('%s: what is encoded decodes to the same, and every leaf of it is there', (name) => {
    const wire = JSON.parse(readFileSync(new URL(name, place), 'utf8'))
    const asked = speech.request.decode(wire)
    const { body, losses } = speech.request.encode(asked, { model: asked.model })
    expect(losses).toEqual([])
    expect(speech.request.decode(body)).toEqual(asked)
    const encoded = leavesOf(body)
    for (const leaf of leavesOf(wire)) expect(encoded).toContain(leaf)
  })
})

/** Every value that holds no other, but nulls, which say nothing. Google names a model by its path. */
function leavesOf(value: unknown): string[] {
  if (value === null) return []
  if (typeof value === 'object') return Object.values(value).flatMap(leavesOf)
  return [JSON.stringify(value).replace(/^"models\//, '"')]
}
