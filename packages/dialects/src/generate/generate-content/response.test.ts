import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MalformedAnswer, type Answering } from '../../dialect.js'
import type { Generated } from '../canonical/response.js'
import { generateContent } from './generate-content.js'

const folder = new URL('fixtures/', import.meta.url)
const json = (name: string): unknown => JSON.parse(readFileSync(new URL(`${name}.response.json`, folder), 'utf8'))
const fixtures = readdirSync(folder).flatMap((file) =>
  file.endsWith('.response.json') ? [file.slice(0, -'.response.json'.length)] : [],
)

const asked = { model: 'm', items: [], sampling: {}, stream: false, state: {} } as const
const answering: Answering = { asked, id: 'own', createdAt: 7, model: 'mine', provider: 'account', stored: false }
const { decode, encode } = generateContent.response

describe('an answer read', () => {
  it.each(['', '<html>', 7, null, {}, { candidates: [] }, { usageMetadata: { promptTokenCount: 1 } }, { promptFeedback: {} }])(
    'is not %j',
    (wire) => {
      expect(() => decode(wire)).toThrow(MalformedAnswer)
    },
  )

  it('may come as the list of its chunks', () => {
    const parts = (text: string) => ({ role: 'model', parts: [{ text }] })
    const answer = decode([
      { candidates: [{ content: parts('a') }] },
      { candidates: [{ content: parts('b'), finishReason: 'STOP' }] },
    ])
    expect(answer.items).toMatchObject([{ content: [{ text: 'ab' }] }])
  })

  it('is complete where it does not say how it ended', () => {
    expect(decode({ candidates: [{ content: { parts: [{ text: 'a' }] } }] }).outcome).toEqual({ status: 'completed' })
  })

  it('has failed where an error stands in its place', () => {
    const { outcome } = decode({ error: { code: 503, message: 'Busy.', status: 'UNAVAILABLE' } })
    expect(outcome).toEqual({ status: 'failed', failure: { kind: 'overloaded', message: 'Busy.', code: 'UNAVAILABLE' } })
  })

  it('keeps what a tool of Google has done whole, in its place', () => {
    expect(
      decode(json('code-execution')).items.map((item) => (item.type === 'hosted-tool-call' ? item.wire : item.type)),
    ).toEqual([
      'message',
      { executableCode: { language: 'PYTHON', code: 'print(sum([2, 3, 5]))\n' } },
      { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '10\n' } },
      'message',
    ])
  })

  it('shows an image as a part of a message, and keeps one that was only thought of to itself', () => {
    const inlineData = { mimeType: 'image/png', data: 'AAAA' }
    const { items } = decode({
      candidates: [{ content: { parts: [{ inlineData, thought: true }, { inlineData }] }, finishReason: 'STOP' }],
    })
    expect(items).toMatchObject([
      { type: 'foreign' },
      { type: 'message', content: [{ type: 'image', url: 'data:image/png;base64,AAAA' }] },
    ])
  })

  it('tells how sure the model was of each token, and of its rivals', () => {
    const [item] = decode(json('logprobs')).items
    expect(item).toMatchObject({
      content: [
        {
          text: 'Yes, sir',
          logprobs: [
            { token: 'Yes', logprob: -0.01, top_logprobs: [{ token: 'Yes' }, { token: 'No', logprob: -4.6 }] },
            { token: ',', logprob: -0.2 },
            { token: ' sir', logprob: -0.7 },
          ],
        },
      ],
    })
  })
})

describe('an answer written', () => {
  it.each(fixtures)('for %s has the form of Google', (name) => {
    const wire = json(name) as Record<string, unknown>
    const own = decode(wire)
    const again = encode(own, { ...answering, id: own.id ?? '', model: own.model ?? '' })
    expect({ candidatesTokenCount: 0, ...Object(wire.usageMetadata) }).toMatchObject({ ...again.usageMetadata })
    expect(again.candidates?.map(({ finishReason, finishMessage }) => [finishReason, finishMessage])).toEqual(
      (wire.candidates as { finishReason?: string; finishMessage?: string }[] | undefined)?.map(
        ({ finishReason, finishMessage }) => [finishReason, finishMessage],
      ),
    )
  })

  it('of another dialect is one candidate with what was said and done', () => {
    const answer: Generated = {
      items: [
        { type: 'reasoning', summary: [], content: ['raw'] },
        { type: 'message', role: 'assistant', content: [{ type: 'text', text: 'a' }] },
        { type: 'tool-call', kind: 'function', name: 'f', callId: 'call_1', arguments: '{"broken' },
        { type: 'hosted-tool-call', dialect: 'responses', tool: 'web_search', wire: { type: 'web_search_call' } },
      ],
      outcome: { status: 'incomplete', reason: 'max_output_tokens' },
      usage: { input: 1, cacheRead: 0, cacheWrite: 0, output: 2, reasoning: 0 },
    }
    expect(encode(answer, answering)).toEqual({
      candidates: [
        {
          content: {
            role: 'model',
            parts: [
              { text: 'raw', thought: true },
              { text: 'a' },
              { functionCall: { id: 'call_1', name: 'f', args: { arguments: '{"broken' } } },
            ],
          },
          finishReason: 'MAX_TOKENS',
          index: 0,
        },
      ],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
      modelVersion: 'mine',
      responseId: 'own',
    })
  })

  it('of nothing is a candidate without parts, and one that failed is an error', () => {
    expect(encode({ items: [], outcome: { status: 'completed' } }, answering).candidates).toEqual([
      { content: { role: 'model' }, finishReason: 'STOP', index: 0 },
    ])
    const failed = encode({ items: [], outcome: { status: 'failed', failure: { kind: 'timeout', message: 'Late.' } } }, answering)
    expect(failed).toEqual({
      error: { code: 504, message: 'Late.', status: 'DEADLINE_EXCEEDED' },
      modelVersion: 'mine',
      responseId: 'own',
    })
  })
})
