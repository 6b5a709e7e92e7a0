import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type CallOptions, type TestAccounts, type TestGateway } from '../support/gateway.js'
import { bringerNames, bringers, type Bringer } from '../support/bringers.js'
import type { IngressName, Wire } from '../support/dialects/plain.js'
import { thinkerNames, thinkers, thinks, tokensOf, type Thinker, type ThinkerName } from '../support/thinkers.js'
import { startUpstream, type Seen, type Upstream } from '../support/upstream.js'

let upstream: Upstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startUpstream(thinks)
  gateway = await startGateway({ accounts: accounts(upstream.url) })
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

/** Every thinker, and another one of the same kind. */
const accounts = (baseURL: string): TestAccounts =>
  Object.fromEntries(
    thinkerNames.flatMap((name) => {
      const { provider } = thinkers[name]
      return [name, `other-${name}`].map((account) => [account, { provider, baseURL, dialect: name }])
    }),
  )

const modelOf = (name: ThinkerName, account: string = name): string => `${account}/${thinkers[name].model}`

/** Asks in the caller's language, and reads the answer with the request that an upstream got for it. */
async function ask(
  ingress: IngressName,
  model: string,
  body: Wire,
  options: CallOptions = {},
  to: { readonly gateway: TestGateway; readonly upstream: Upstream } = { gateway, upstream },
): Promise<{ answer: Wire; seen: Seen; id: string | null }> {
  const before = to.upstream.seen.length
  const given = await to.gateway.call(bringers[ingress].path(model), {
    body: { ...body, ...('model' in body && { model }) },
    ...options,
  })
  const answer = (await given.json()) as Wire
  expect(given.status, JSON.stringify(answer)).toBe(200)
  const [seen] = to.upstream.seen.slice(before)
  if (!seen) throw new Error('The upstream was not asked.')
  return { answer, seen, id: given.headers.get('x-request-id') }
}

async function lossesOf(id: string | null): Promise<{ path: string; disposition: string }[]> {
  const find = async () => (await gateway.ended(1)).find((row) => row.id === id)
  await expect.poll(find).toBeDefined()
  return ((await find())?.losses ?? []).map(({ path, disposition }) => ({ path, disposition }))
}

const showing = bringerNames.filter((name) => name !== 'chat-completions')

describe.each(thinkerNames)('the reasoning of a model that speaks %s', (spoken) => {
  const thinker: Thinker = thinkers[spoken]

  describe.each(showing)('over a caller that speaks %s', (ingress) => {
    const bringer: Bringer = bringers[ingress]

    test('comes back as it was, in its place', async () => {
      const model = modelOf(spoken)
      const first = await ask(ingress, model, bringer.asks(model))
      for (const token of tokensOf(thinker)) expect(JSON.stringify(first.answer)).not.toContain(`"${token}"`)
      const second = await ask(ingress, model, bringer.brings(bringer.asks(model), first.answer))
      expect(thinker.turn(second.seen.body)).toEqual(thinker.given)
      expect(await lossesOf(second.id)).not.toContainEqual({
        path: expect.stringMatching(/replay|^items|^messages|^contents/),
        disposition: 'dropped',
      })
    })

    test.each(
      [...thinkerNames.map((name) => [name, name] as const), [spoken, `other-${spoken}`] as const].filter(
        ([, account]) => account !== spoken,
      ),
    )('goes to no other model, be it of %s at %s, and the record says so', async (name, account) => {
      const model = modelOf(spoken)
      const other = modelOf(name, account)
      const first = await ask(ingress, model, bringer.asks(model))
      const second = await ask(ingress, other, bringer.brings(bringer.asks(model), first.answer))
      for (const token of tokensOf(thinker)) expect(second.seen.text).not.toContain(token)
      expect(second.seen.text).not.toContain('weir1.')
      expect(second.seen.text).toContain('Ulm')
      expect(await lossesOf(second.id)).toContainEqual({
        path: expect.stringMatching(/items|messages|contents/),
        disposition: 'dropped',
      })
    })
  })

  // Google's calls have no ids by which anything could be remembered, and its own callers bring their signatures back.
  const forgetful = bringerNames.filter((ingress) => ingress !== spoken || spoken !== 'generate-content')

  describe.each(forgetful)('over a caller that speaks %s and drops it', (ingress) => {
    const bringer: Bringer = bringers[ingress]

    test('is put back by the ids of its calls, for the same owner alone', async () => {
      const model = modelOf(spoken)
      const { include: _, ...asks } = bringer.asks(model)
      const first = await ask(ingress, model, asks)
      const next = bringer.brings(asks, bringer.drops(first.answer))
      for (const token of tokensOf(thinker)) expect(JSON.stringify(next)).not.toContain(token)
      expect(thinker.turn((await ask(ingress, model, next)).seen.body)).toEqual(thinker.given)

      const another = await ask(ingress, model, next, { key: 'bob-key-for-tests-00001' })
      expect(thinker.turn(another.seen.body)).toEqual(thinker.bare)
      const elsewhere = await ask(ingress, modelOf(spoken, `other-${spoken}`), next)
      expect(thinker.turn(elsewhere.seen.body)).toEqual(thinker.bare)
    })
  })
})
