import { keys, type TestGateway } from './gateway.js'

/** Uploads a file as Alice, or with another key, and gives its id. */
export async function upload(
  gateway: Pick<TestGateway, 'url'>,
  content: string | Buffer,
  filename: string,
  { type = 'application/octet-stream', key = keys.alice }: { readonly type?: string; readonly key?: string } = {},
): Promise<string> {
  const form = new FormData()
  form.set('purpose', 'user_data')
  form.set('file', new File([typeof content === 'string' ? content : new Uint8Array(content)], filename, { type }))
  const answer = await fetch(`${gateway.url}/v1/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: form,
  })
  const { id } = (await answer.json()) as { id: string }
  return id
}

/** The smallest picture that says of itself what it is. */
export const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
export const pictureUrl = `data:image/png;base64,${picture.toString('base64')}`
export const paper = Buffer.from('%PDF-1.4\n%%EOF\n')
export const paperUrl = `data:application/pdf;base64,${paper.toString('base64')}`
