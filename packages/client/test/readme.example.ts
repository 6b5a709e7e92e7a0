import { createClient, WeirError } from '@weir/client'

export async function ask(baseURL: string, apiKey: string): Promise<string> {
  const weir = createClient({ baseURL, apiKey }) // the origin alone: http://127.0.0.1:8787

  const response = await weir.responses.create({ model: 'simulator/talker', input: 'Hello' })
  const stored = await weir.responses.get({ id: response.id })

  let text = ''
  const body = { model: 'simulator/talker', input: 'And again', previous_response_id: stored.id }
  for await (const event of weir.responses.create.stream(body, { signal: AbortSignal.timeout(60_000) })) {
    if (event.type === 'response.output_text.delta') text += event.delta
  }

  try {
    await weir.models.get({ id: 'simulator/nobody' })
  } catch (error) {
    if (!(error instanceof WeirError) || error.code !== 'model_not_found') throw error
  }

  const page = await weir.trpc.requests.list.query({ limit: 5 })
  return `${text} (${page.data.length} requests so far)`
}
