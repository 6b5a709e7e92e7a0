// How a response lies in the store: its Responses wire, as the caller got it, beside the replay tokens that the caller did not
// ask for but that the next turn needs.
import type { responses } from '@weir/contracts'
import type { UpstreamTurn } from '../exchange.js'
import type { ConversationItem } from '../ports/conversation-store.js'
import type { StoredResponse } from '../ports/response-store.js'

/** What an upstream keeps of a response. `whole`: all of what is kept here, and so fit to be continued. */
export interface KeptUpstream extends UpstreamTurn {
  readonly whole: boolean
}

interface StoredForm {
  readonly response: responses.ResponseObject
  /** Tagged replay tokens by item id. */
  readonly hidden?: Readonly<Record<string, string>>
  readonly upstream?: KeptUpstream
}

export function writeResponse(response: object, hidden: Readonly<Record<string, string>>, upstream?: KeptUpstream): string {
  return JSON.stringify({ response, ...(Object.keys(hidden).length > 0 && { hidden }), ...(upstream && { upstream }) })
}

/** What an upstream keeps of a stored response, if any does. */
export function readUpstream(stored: string): KeptUpstream | undefined {
  // Most have none, and need not be parsed to know it: within a text its quotes would be escaped.
  return stored.includes('"upstream":{') ? (JSON.parse(stored) as StoredForm).upstream : undefined
}

/** The response object as the caller got it. With `tokens`, its reasoning carries the replay tokens that were held back. */
export function readResponse(stored: string, tokens: boolean): responses.ResponseObject {
  const { response, hidden } = JSON.parse(stored) as StoredForm
  return tokens && hidden ? { ...response, output: withTokens(response.output, hidden) } : response
}

/** The response object as it stands now: that of a background response says how far it is. */
export function readStanding({ response, job }: StoredResponse, tokens: boolean): responses.ResponseObject {
  const made = readResponse(response, tokens)
  return job ? { ...made, status: job } : made
}

/** The output items of a stored response, as the items of a next turn's input. */
export function readOutput(stored: string): responses.InputItem[] {
  // An output item is an input item: the wire is the same, and unknown kinds pass through both.
  return readResponse(stored, true).output as responses.InputItem[]
}

/** The items of a stored response by their ids, as items of a next turn's input. What it made stands before what it was given. */
export function itemsById(stored: {
  readonly input: string
  readonly response: string
}): ReadonlyMap<string, responses.InputItem> {
  const items = new Map<string, responses.InputItem>()
  for (const item of [...readInput(stored.input), ...readOutput(stored.response)]) if (item.id) items.set(item.id, item)
  return items
}

/** An item of a conversation. */
export function readConversationItem({ id, item }: ConversationItem): responses.InputItem {
  return { ...(JSON.parse(item) as responses.InputItem), id }
}

export function readInput(stored: string): responses.InputItem[] {
  return JSON.parse(stored) as responses.InputItem[]
}

/** Output items with the replay tokens that were held back from the caller. */
export function withTokens(output: responses.OutputItem[], hidden: Readonly<Record<string, string>>): responses.OutputItem[] {
  return output.map((item) => {
    const token = typeof item.id === 'string' ? hidden[item.id] : undefined
    // Any item may have one: some models put theirs on calls.
    return token === undefined ? item : ({ ...item, encrypted_content: token } as responses.OutputItem)
  })
}
