import type { RequestRecordList } from '@weir/contracts'
import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { keys, startGateway } from '../support/gateway.js'
import { read } from '../support/json.js'

const body = { model: 'simulator/talker', input: 'Hello!' }

for (const name of ['x-weir-metadata', 'x-tfy-metadata']) {
  for (const [value, says] of [
    ['not json', /not JSON/],
    ['{"team":', /not JSON/],
    ['["team"]', /JSON object/],
    ['"team"', /JSON object/],
    ['null', /JSON object/],
    ['{"team": 7}', /"team" is not a string/],
    ['{"team": {"name": "x"}}', /"team" is not a string/],
    [JSON.stringify({ team: 'x'.repeat(129) }), /"team" is longer than 128/],
  ] as const)
    test(`${name}: ${value.slice(0, 30)} is refused, and the header is named`, async () => {
      await using gateway = await startGateway()
      const answer = await gateway.call('/v1/responses', { body, headers: { [name]: value } })
      expect(answer.status).toBe(400)
      const error = await errorOf(answer)
      expect(error).toMatchObject({ code: 'invalid_value', param: name })
      expect(error.message).toMatch(says)
    })

  test(`${name} stands in the record of the request`, async () => {
    await using gateway = await startGateway()
    const metadata = { team: 'search', note: 'y'.repeat(128) }
    const answer = await gateway.call('/v1/responses', { body, headers: { [name]: JSON.stringify(metadata) } })
    expect(answer.status).toBe(200)
    // It is the request's label and not the response's own metadata.
    expect((await read(answer)).metadata).toEqual({})
    const { data } = await read<RequestRecordList>(await gateway.call('/api/v1/requests'))
    expect(data[0]?.metadata).toEqual(metadata)
  })
}

test('a label may be written in UTF-8, or in Latin-1', async () => {
  await using gateway = await startGateway()
  // As bytes on the wire: fetch sends each character of a header as one byte.
  for (const sent of [Buffer.from('{"team":"Zürich, 北"}').toString('latin1'), '{"team":"Zürich"}'])
    await gateway.call('/v1/responses', { body, headers: { 'x-weir-metadata': sent } })
  expect((await gateway.ended(2)).map(({ metadata }) => metadata)).toEqual([{ team: 'Zürich, 北' }, { team: 'Zürich' }])
})

test('of both headers, ours counts', async () => {
  await using gateway = await startGateway()
  await gateway.call('/v1/responses', { body, headers: { 'x-weir-metadata': '{"a":"1"}', 'x-tfy-metadata': '{"b":"2"}' } })
  expect((await gateway.ended(1))[0]?.metadata).toEqual({ a: '1' })
})

test("a caller's x-request-id is a label: its own requests are found by it, and the answer has an id of its own", async () => {
  await using gateway = await startGateway()
  const label = 'trace 42/a&b=c'
  const ids: (string | null)[] = []
  for (const sent of [label, label, 'another', undefined]) {
    const answer = await gateway.call('/v1/responses', { body, headers: { ...(sent && { 'x-request-id': sent }) } })
    ids.push(answer.headers.get('x-request-id'))
  }
  expect(new Set(ids).size).toBe(4)
  const labelled = `/api/v1/requests?label=${encodeURIComponent(label)}`
  const found = await read<RequestRecordList>(await gateway.call(labelled))
  expect(found.data.map((row) => [row.id, row.label])).toEqual([
    [ids[1], label],
    [ids[0], label],
  ])
  const others = await read<RequestRecordList>(await gateway.call(labelled, { key: keys.bob }))
  expect(others.data).toEqual([])
})
