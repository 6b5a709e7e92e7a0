// The stores with what is large in their rows kept as blobs: images and files that a request carries in itself. Rows stay small, an
// image that comes again with every turn lies there once, and nobody who reads or writes a row knows of it.
import type { Blobs, Kept } from '../ports/blobs.js'
import type { ConversationItem, ConversationStore, NewItem } from '../ports/conversation-store.js'
import type { Job, Jobs } from '../ports/jobs.js'
import type { Beside, ResponseStore, StoredResponse } from '../ports/response-store.js'
import { StoreError } from '../ports/store-error.js'
import { cut, isCut, readCut, writeCut } from './cut-text.js'

interface Stores {
  readonly responses: ResponseStore
  readonly conversations: ConversationStore
  readonly jobs: Jobs
}

/** The same stores over blobs. A row names its blobs, and so they stay as long as it does. */
export function largeParts({ responses, conversations, jobs }: Stores, blobs: Blobs): Stores {
  const { write, read } = apart(blobs)
  const whole = async <Row extends Texts>(row: Row): Promise<Row> => {
    const [input = '', response = ''] = await read([row.input, row.response])
    return input === row.input && response === row.response ? row : { ...row, input, response }
  }
  const wholeItems = async <Item extends ConversationItem>(items: readonly Item[]): Promise<readonly Item[]> => {
    const texts = await read(items.map(({ item }) => item))
    return items.map((one, place) => ({ ...one, item: texts[place] ?? one.item }))
  }
  const wholeJobs = async (found: readonly Job[]): Promise<readonly Job[]> => {
    const texts = await read(found.map(({ request }) => request))
    return found.map((job, place) => ({ ...job, request: texts[place] ?? job.request }))
  }
  const writeItems = <T>(items: readonly NewItem[], commit: (items: readonly NewItem[]) => Promise<T>): Promise<T> =>
    write(
      items.map(({ item }) => item),
      (texts) => commit(items.map((one, place) => ({ ...one, item: texts[place] ?? one.item }))),
    )
  const writeResponse = <T>(
    row: StoredResponse,
    beside: Beside | undefined,
    commit: (row: StoredResponse, beside: Beside | undefined) => Promise<T>,
  ): Promise<T> =>
    writeItems(beside?.appended?.items ?? [], (items) =>
      write([row.input, row.response], ([input = '', response = '']) =>
        commit({ ...row, input, response }, beside?.appended ? { ...beside, appended: { ...beside.appended, items } } : beside),
      ),
    )

  return {
    responses: {
      ...responses,
      put: (row, beside) => writeResponse(row, beside, (...cut) => responses.put(...cut)),
      async get(owner, id) {
        const row = await responses.get(owner, id)
        return row && whole(row)
      },
      async chain(owner, id) {
        const links = await responses.chain(owner, id)
        return links && (links.some(hasCut) ? Promise.all(links.map(whole)) : links)
      },
      async holding(owner, ids) {
        const found = await responses.holding(owner, ids)
        if (![...found.values()].some(hasCut)) return found
        const rows = await Promise.all([...found].map(async ([id, row]) => [id, await whole(row)] as const))
        return new Map(rows)
      },
    },
    conversations: {
      ...conversations,
      create: (conversation, items) => writeItems(items, (kept) => conversations.create(conversation, kept)),
      async append(owner, id, items) {
        const added = await writeItems(items, (kept) => conversations.append(owner, id, kept))
        return added && wholeItems(added)
      },
      async page(owner, id, query) {
        const items = await conversations.page(owner, id, query)
        return items && wholeItems(items)
      },
      async item(owner, id, itemId) {
        const item = await conversations.item(owner, id, itemId)
        return item && (await wholeItems([item]))[0]
      },
      async history(owner, id, place) {
        const found = await conversations.history(owner, id, place)
        return found && { ...found, items: await wholeItems(found.items) }
      },
      async holding(owner, ids) {
        const found = [...(await conversations.holding(owner, ids))]
        const items = await wholeItems(found.map(([, item]) => item))
        return new Map(found.map(([id, item], place) => [id, items[place] ?? item]))
      },
    },
    jobs: {
      ...jobs,
      add: (row, request, chunk) =>
        writeResponse(row, undefined, (response) => write([request], ([text = '']) => jobs.add(response, text, chunk))),
      claim: async (most, until) => wholeJobs(await jobs.claim(most, until)),
      takeOver: async (now, most, until) => wholeJobs(await jobs.takeOver(now, most, until)),
      async cancel(owner, id, until) {
        const job = await jobs.cancel(owner, id, until)
        return job && (await wholeJobs([job]))[0]
      },
      end: (held, row, chunk, beside) => writeResponse(row, beside, (...cut) => jobs.end(held, cut[0], chunk, cut[1])),
    },
  }
}

interface Texts {
  readonly input: string
  readonly response: string
}

const hasCut = ({ input, response }: Texts): boolean => isCut(input) || isCut(response)

/** Texts on their way into rows, and out of them. */
function apart(blobs: Blobs) {
  /** Puts what is large into blobs and holds them until the rows that name them are committed. */
  async function write<T>(texts: readonly string[], commit: (texts: readonly string[]) => Promise<T>): Promise<T> {
    const cuts = texts.map(cut)
    if (cuts.every((one) => one === undefined)) return commit(texts)
    const held: Kept[] = []
    try {
      const kept: string[] = []
      for (const [place, text] of texts.entries()) {
        const one = cuts[place]
        if (!one) {
          kept.push(text)
          continue
        }
        const hashes: string[] = []
        for (const { content } of one.pieces) {
          const blob = await blobs.put([Buffer.from(content)])
          held.push(blob)
          hashes.push(blob.hash)
        }
        kept.push(writeCut(one, hashes))
      }
      return await commit(kept)
    } finally {
      for (const blob of held) await blob[Symbol.asyncDispose]()
    }
  }

  async function read(kept: readonly string[]): Promise<readonly string[]> {
    if (!kept.some(isCut)) return kept
    return Promise.all(kept.map((text) => (isCut(text) ? joined(text) : text)))
  }

  async function joined(kept: string): Promise<string> {
    const { hashes, join } = readCut(kept)
    const contents = new Map<string, string>()
    for (const hash of new Set(hashes)) {
      const bytes = await blobs.read(hash)
      if (!bytes) throw new StoreError('unfit', `the blob ${hash}, which a row names, is not there`)
      contents.set(hash, bytes.toString())
    }
    return join(hashes.map((hash) => contents.get(hash) ?? ''))
  }

  return { write, read }
}
