import type { chat, completions, Model, ModelList, RequestRecord, responses } from '@weir/contracts'
import { expectTypeOf, test } from 'vitest'
import { createClient } from '../src/index.js'

const client = createClient({ baseURL: 'http://127.0.0.1:1' })

test('the wires reach the caller through the contract', () => {
  expectTypeOf(client.responses.create).parameter(0).toEqualTypeOf<responses.ResponsesRequest>()
  expectTypeOf(client.responses.create).returns.resolves.toEqualTypeOf<responses.ResponseObject>()
  expectTypeOf(client.responses.create.stream).returns.toEqualTypeOf<AsyncIterable<responses.ResponsesEvent>>()
  expectTypeOf(client.responses.get.stream).returns.toEqualTypeOf<AsyncIterable<responses.ResponsesEvent>>()
  expectTypeOf(client.responses.get.stream).toBeCallableWith({ id: 'resp_1', starting_after: 5 })
  expectTypeOf(client.chatCompletions.create).returns.resolves.toEqualTypeOf<chat.ChatCompletion>()
  expectTypeOf(client.chatCompletions.create.stream).returns.toEqualTypeOf<AsyncIterable<chat.ChatCompletionChunk>>()
  expectTypeOf(client.completions.create).returns.resolves.toEqualTypeOf<completions.Completion>()
  expectTypeOf(client.completions.create.stream).returns.toEqualTypeOf<AsyncIterable<completions.Completion>>()
})

test('our own resources do too', () => {
  expectTypeOf(client.models.get).returns.resolves.toExtend<Model>()
  expectTypeOf(client.models.list).returns.resolves.toExtend<ModelList>()
  expectTypeOf(client.requests.get).returns.resolves.toExtend<RequestRecord>()
  expectTypeOf<Parameters<typeof client.requests.list>[0]>().toExtend<
    { limit?: number | undefined; after?: string; label?: string } | undefined
  >()
})

test('what does not stream cannot be streamed, and what is needed is asked for', () => {
  expectTypeOf(client.models.list).not.toHaveProperty('stream')
  expectTypeOf(client.models.list).toBeCallableWith()
  // @ts-expect-error an id is needed
  const unsent = () => client.responses.get({})
  // @ts-expect-error a number is asked for
  const wrong = () => client.requests.list({ limit: '5' })
  expectTypeOf(unsent).toBeFunction()
  expectTypeOf(wrong).toBeFunction()
})

test('tRPC is typed by the same contract', () => {
  expectTypeOf(client.trpc.responses.create.mutate).returns.resolves.toEqualTypeOf<responses.ResponseObject>()
  expectTypeOf(client.trpc.responses.createStream.mutate).returns.resolves.toEqualTypeOf<
    AsyncIterable<responses.ResponsesEvent>
  >()
  expectTypeOf(client.trpc.models.get.query).parameter(0).toEqualTypeOf<{ id: string }>()
})
