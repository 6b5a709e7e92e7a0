/** A small program as a user of the packages would write it: nothing in it says a type that the packages can tell. */
export const program = ({ baseURL, apiKey }: { baseURL: string; apiKey: string }): string => `
import { createClient, WeirError } from '@weir/client'
import { errorTable, type responses } from '@weir/contracts'
import { chatCompletions, decodeSse, responses as dialect, type Encoded } from '@weir/dialects'

const client = createClient({ baseURL: '${baseURL}', apiKey: '${apiKey}' })
const question = { model: 'simulator/talker', input: 'Hello from afar' }

const textOf = (response: responses.ResponseObject): string =>
  response.output.flatMap((item) => (item.type === 'message' ? item.content : [])).map((part) => (part.type === 'output_text' ? part.text : '')).join('')

const response = await client.responses.create(question)
const fetched = await client.responses.get({ id: response.id })
let streamed = ''
for await (const event of client.responses.create.stream(question)) {
  if (event.type === 'response.output_text.delta') streamed += event.delta
}

const models = await client.trpc.models.list.query()
const refused = await client.models.get({ id: 'nobody/nothing' }).then(
  () => undefined,
  (error: unknown) => (error instanceof WeirError ? { status: error.status, code: error.code } : undefined),
)
if (refused?.status !== errorTable.model_not_found.status) throw new Error('An unknown model was found.')

const asked = chatCompletions.request.decode({ model: 'here', messages: [{ role: 'user', content: 'Hi' }] })
const translated: Encoded<responses.ResponsesRequest> = dialect.request.encode(asked, { model: 'elsewhere' })

const framed: string[] = []
const framing = decodeSse()
framing.push(new TextEncoder().encode('data: one\\n\\ndata: two\\n\\n'), (frame) => framed.push(frame.data))

// @ts-expect-error: an id is asked for
const unnamed = () => client.responses.get({})
// @ts-expect-error: a model is a string
const numbered = () => client.responses.create({ model: 7, input: 'Hi' })
void [unnamed, numbered]

const { model, input } = translated.body
console.log(
  JSON.stringify({
    answered: textOf(response),
    fetched: textOf(fetched),
    streamed,
    models: models.data.map(({ id }) => id),
    refused,
    translated: { model, input },
    framed,
  }),
)
`
