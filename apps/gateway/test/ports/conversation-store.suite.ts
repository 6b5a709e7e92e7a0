import { describe, expect, test } from 'vitest'
import type { ConversationStore, NewItem, StoredConversation } from '../../src/ports/conversation-store.js'
import type { ResponseStore, StoredResponse } from '../../src/ports/response-store.js'
import { withStore, type Open } from './opened.js'

const owner = { tenant: 'acme', subject: 'ada' }
const others = [
  { tenant: 'acme', subject: 'bob' },
  { tenant: 'other', subject: 'ada' },
]
const start = 1_700_000_000_123

const conversation = (id: string, changes: Partial<StoredConversation> = {}): StoredConversation => ({
  id,
  owner,
  createdAt: start,
  metadata: { team: 'search' },
  ...changes,
})

let minted = 0
const item = (id: string): NewItem => ({ id, spare: `spare_${minted++}`, item: JSON.stringify({ says: id }) })
const response = (id: string, changes: Partial<StoredResponse> = {}): StoredResponse => ({
  id,
  owner,
  parent: null,
  createdAt: start,
  input: '[]',
  response: '{}',
  ...changes,
})

/** Conversations, and the responses whose commit adds to them. */
export interface ConversationStores {
  readonly conversations: ConversationStore
  readonly responses: ResponseStore
}

export function conversationStoreSuite(name: string, open: Open<ConversationStores>): void {
  const ids = async (store: ConversationStore, id: string): Promise<string[] | undefined> =>
    (await store.history(owner, id))?.items.map((each) => each.id)

  describe(`${name}: conversations`, () => {
    test(
      'what was created is read as it was, changed and deleted',
      withStore(open, async ({ conversations: store }) => {
        await store.create(conversation('conv_a'), [item('one'), item('two')])
        expect(await store.get(owner, 'conv_a')).toEqual(conversation('conv_a'))
        expect(await ids(store, 'conv_a')).toEqual(['one', 'two'])
        expect(await store.update(owner, 'conv_a', {})).toBe(true)
        expect(await store.get(owner, 'conv_a')).toEqual(conversation('conv_a', { metadata: {} }))
        expect(await store.delete(owner, 'conv_a')).toBe(true)
        expect(await store.delete(owner, 'conv_a')).toBe(false)
        expect(await store.get(owner, 'conv_a')).toBeUndefined()
        expect(await store.history(owner, 'conv_a')).toBeUndefined()
        expect((await store.holding(owner, ['one'])).size).toBe(0)
      }),
    )

    test(
      "another owner's can be neither read, changed, added to nor deleted",
      withStore(open, async ({ conversations: store, responses }) => {
        await store.create(conversation('conv_a'), [item('one')])
        for (const other of others) {
          expect(await store.get(other, 'conv_a')).toBeUndefined()
          expect(await store.update(other, 'conv_a', {})).toBe(false)
          expect(await store.append(other, 'conv_a', [item('theirs')])).toBeUndefined()
          expect(await store.page(other, 'conv_a', { limit: 1, order: 'asc' })).toBeUndefined()
          expect(await store.item(other, 'conv_a', 'one')).toBeUndefined()
          expect(await store.deleteItem(other, 'conv_a', 'one')).toBe(false)
          expect(await store.history(other, 'conv_a')).toBeUndefined()
          expect((await store.holding(other, ['one'])).size).toBe(0)
          expect(await store.delete(other, 'conv_a')).toBe(false)
          const appended = { conversation: 'conv_a', items: [item('theirs')] }
          await responses.put(response(`resp_${other.tenant}_${other.subject}`, { owner: other }), {
            given: [],
            made: [],
            appended,
          })
        }
        expect(await ids(store, 'conv_a')).toEqual(['one'])
        expect(await store.get(owner, 'conv_a')).toEqual(conversation('conv_a'))
      }),
    )

    test(
      'an id that is taken in the conversation gives way to the spare one, and is free in another conversation',
      withStore(open, async ({ conversations: store }) => {
        const [first, second] = [item('same'), item('same')]
        await store.create(conversation('conv_a'), [first])
        await store.create(conversation('conv_b'), [item('same')])
        expect((await store.append(owner, 'conv_a', [item('new'), second]))?.map(({ id }) => id)).toEqual(['new', second.spare])
        expect(await ids(store, 'conv_a')).toEqual(['same', 'new', second.spare])
        expect(await ids(store, 'conv_b')).toEqual(['same'])
      }),
    )

    test(
      'pages follow one another both ways, and an item that is not there starts none',
      withStore(open, async ({ conversations: store }) => {
        await store.create(
          conversation('conv_a'),
          Array.from({ length: 7 }, (_, place) => item(`i${place}`)),
        )
        await store.create(conversation('conv_b'), [item('elsewhere')])
        const page = async (order: 'asc' | 'desc', after?: string) =>
          (await store.page(owner, 'conv_a', { limit: 3, order, ...(after !== undefined && { after }) }))?.map(({ id }) => id)
        expect(await page('asc')).toEqual(['i0', 'i1', 'i2'])
        expect(await page('asc', 'i2')).toEqual(['i3', 'i4', 'i5'])
        expect(await page('asc', 'i5')).toEqual(['i6'])
        expect(await page('asc', 'i6')).toEqual([])
        expect(await page('desc')).toEqual(['i6', 'i5', 'i4'])
        expect(await page('desc', 'i4')).toEqual(['i3', 'i2', 'i1'])
        expect(await page('asc', 'elsewhere')).toBeUndefined()
        expect(await store.deleteItem(owner, 'conv_a', 'i3')).toBe(true)
        expect(await store.deleteItem(owner, 'conv_a', 'i3')).toBe(false)
        expect(await page('desc', 'i4')).toEqual(['i2', 'i1', 'i0'])
        expect(await store.item(owner, 'conv_a', 'i3')).toBeUndefined()
        expect(await store.item(owner, 'conv_a', 'i4')).toEqual({ id: 'i4', item: '{"says":"i4"}' })
      }),
    )

    test(
      'a place never comes twice: what was read up to one stays what it was',
      withStore(open, async ({ conversations: store }) => {
        await store.create(conversation('conv_a'), [item('one'), item('two')])
        const { place = 0 } = (await store.history(owner, 'conv_a')) ?? {}
        await store.deleteItem(owner, 'conv_a', 'two')
        await store.append(owner, 'conv_a', [item('three')])
        expect((await store.history(owner, 'conv_a', place))?.items.map(({ id }) => id)).toEqual(['one'])
        expect(await ids(store, 'conv_a')).toEqual(['one', 'three'])
      }),
    )

    test(
      'what responses add at once is added whole, next to one another, and only with the response',
      withStore(open, async ({ conversations: store, responses }) => {
        await store.create(conversation('conv_a'), [])
        await responses.put(response('resp_theirs', { owner: { tenant: 'acme', subject: 'bob' } }))
        const turns = Array.from({ length: 40 }, (_, turn) => `t${turn}`)
        const put = (turn: string, id = `resp_${turn}`): Promise<void> => {
          const items = [0, 1, 2].map((place) => item(`${turn}.${place}`))
          return responses.put(response(id), { given: [], made: [], appended: { conversation: 'conv_a', items } })
        }
        await Promise.all([
          ...turns.map((turn) => put(turn)),
          expect(put('refused', 'resp_theirs')).rejects.toMatchObject({ fault: 'taken' }),
        ])
        const all = (await ids(store, 'conv_a')) ?? []
        expect(all.toSorted()).toEqual(turns.flatMap((turn) => [0, 1, 2].map((place) => `${turn}.${place}`)).toSorted())
        for (let at = 0; at < all.length; at += 3) {
          const turn = all[at]?.split('.')[0]
          expect(all.slice(at, at + 3)).toEqual([`${turn}.0`, `${turn}.1`, `${turn}.2`])
        }
      }),
    )

    test(
      'a response is kept though its conversation was deleted meanwhile',
      withStore(open, async ({ conversations: store, responses }) => {
        await responses.put(response('resp_a'), { given: [], made: [], appended: { conversation: 'gone', items: [item('one')] } })
        expect(await responses.get(owner, 'resp_a')).toBeDefined()
        expect((await store.holding(owner, ['one'])).size).toBe(0)
      }),
    )

    test(
      'a sweep takes conversations that were not used, so many at once, with their items',
      withStore(open, async ({ conversations: store }) => {
        const day = 86_400_000
        for (const place of [0, 1, 2])
          await store.create(conversation(`old_${place}`, { createdAt: start + place }), [item(`i${place}`)])
        await store.create(conversation('read'), [item('r')])
        await store.history(owner, 'read')
        expect(await store.sweep(start - day, 10)).toBe(0)
        expect(await store.sweep(start + day, 2)).toBe(2)
        expect([...(await store.holding(owner, ['i0', 'i1', 'i2'])).keys()]).toEqual(['i2'])
        expect(await store.sweep(start + day, 2)).toBe(1)
        expect(await store.sweep(start + day, 2)).toBe(0)
        expect(await ids(store, 'read')).toEqual(['r'])
      }),
    )
  })
}
