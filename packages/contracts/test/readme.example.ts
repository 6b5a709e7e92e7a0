import { firstIssue, manifestSchema, openApiDocument, responsesRequestSchema } from '@weir/contracts'

const parsed = responsesRequestSchema.safeParse({ model: 'openai-main/gpt-5', input: [{ role: 'user', content: 7 }] })
if (!parsed.success) {
  const { path, message } = firstIssue(parsed.error)
  console.log(`${path}: ${message}`) // input[0].content: Expected a string or an array, but got 7.
}

const account = manifestSchema.parse({
  type: 'provider-account/openai',
  name: 'openai-main',
  auth_data: { type: 'api-key', api_key: 'env://OPENAI_API_KEY' },
})
console.log(account.name)

const document = openApiDocument({ version: '1.0.0', origin: 'https://weir.example' })
console.log(Object.keys(document.paths ?? {}))
