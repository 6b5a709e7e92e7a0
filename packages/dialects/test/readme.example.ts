import { chatCompletions, chain, decodeSse, fold, readAll, responses } from '@weir/dialects'

// What a Responses caller asks, as a Chat Completions server takes it.
const asked = responses.request.decode({ model: 'any', instructions: 'Be brief.', input: 'Hello!', truncation: 'auto' })
const { body, losses } = chatCompletions.request.encode(asked, { model: 'llama-3.3-70b' })
console.log(body.messages.length, losses.length)

// What the server streams back, as one answer.
const stream = new TextEncoder().encode(
  'data: {"choices":[{"index":0,"delta":{"content":"Hi."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
)
const answer = fold(readAll(chain(decodeSse(), chatCompletions.stream.decode()), [stream]))
console.log(answer.outcome.status, answer.items[0])
