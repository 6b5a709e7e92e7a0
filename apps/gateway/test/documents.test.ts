// What the documents show is run, or found in the code that they quote.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import OpenAI from 'openai'
import { expect, it } from 'vitest'
import { readSettings, type Environment } from '../src/config.js'
import { compileConfiguration, type Configuration } from '../src/configuration.js'
import { providers } from '../src/upstream/providers/providers.js'
import { keys, startGateway } from './support/gateway.js'
import { openSocket } from './support/socket.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The fenced blocks of a document in this language. */
const blocks = (document: string, language: string): string[] =>
  [...read(document).matchAll(/^ *```(\w+)\n(.*?)^ *```$/gms)].flatMap(([, fence, text = '']) =>
    fence === language ? [text] : [],
  )

const origin = 'http://127.0.0.1:8787'

it('answers the curl of the README', async () => {
  await using gateway = await startGateway()
  const curl = blocks('README.md', 'sh').find((block) => block.startsWith('curl ')) ?? ''
  const [, path = ''] = /^curl http:\/\/127\.0\.0\.1:8787(\S+)/.exec(curl) ?? []
  const [, body = ''] = /-d '(.*)'/s.exec(curl) ?? []
  const headers = [...curl.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name = '', value = '']): [string, string] => [
    name,
    value.replace(/<.*>/, keys.admin),
  ])
  const response = await fetch(gateway.url + path, { method: 'POST', headers, body })
  expect(response.status).toBe(200)
  expect(await response.text()).toContain('Hello!')
})

it("runs the README's program with OpenAI's SDK", async () => {
  await using gateway = await startGateway()
  const [example = ''] = blocks('README.md', 'ts')
  const program = example.replace(/^import .*\n/, '').replace(origin, gateway.url)
  const said: string[] = []
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
    ...parameters: string[]
  ) => (...values: unknown[]) => Promise<void>
  const run = new AsyncFunction('OpenAI', 'process', 'console', program)
  await run(OpenAI, { env: { WEIR_KEY: keys.admin } }, { log: (text: string) => said.push(text) })
  expect(said.join()).toContain('Hello!')
})

it('answers the message of docs/websocket.md, and refuses with an error of the form that it shows', async () => {
  await using gateway = await startGateway()
  using socket = await openSocket(gateway.url)
  const [message = '', error = ''] = blocks('docs/websocket.md', 'json')
  socket.send(message)
  expect((await socket.turn()).at(-1)).toMatchObject({ type: 'response.completed', response: { store: false } })
  const [told] = await socket.create({ model: 'simulator/talker', previous_response_id: 'resp_none', input: 'Hi' })
  const { headers: _, ...shown } = told ?? {}
  const documented: unknown = JSON.parse(error)
  expect(documented).toEqual({ ...shown, error: { ...told?.error, message: '…' } })
})

it("takes the README's weir.yaml", async () => {
  const {
    accounts,
    keys: known,
    warnings,
  } = await compiled(blocks('README.md', 'yaml'), {
    LOCAL_KEY: 'local-key-of-the-example',
    BENCH_KEY: 'bench-key-of-the-example',
  })
  expect(accounts.get('local')).toMatchObject({ baseURL: 'http://127.0.0.1:9100/v1', dialects: ['chat-completions'] })
  expect(known.size).toBe(1)
  expect(warnings).toEqual([expect.stringContaining('bench: permissions are not enforced yet')])
})

it('makes the accounts that the README promises for variables of the environment', () => {
  const { accounts } = compileConfiguration(
    readSettings({ OPENAI_API_KEY: 'one', GROQ_API_KEY: 'two', OLLAMA_HOST: '127.0.0.1:11434', WEIR_SIMULATORS: 'off' }),
  )
  expect([...accounts.keys()].toSorted()).toEqual(['groq', 'ollama', 'openai'])
})

it('lists in docs/configuration.md every variable that config.ts reads', () => {
  const named = (path: string): string[] => [...new Set(read(path).match(/WEIR_[A-Z_]+/g))].toSorted()
  expect(named('docs/configuration.md')).toEqual(named('apps/gateway/src/config.ts'))
})

it('lists in docs/configuration.md every provider, with its dialects and variables', () => {
  const quoted = (words: readonly (string | undefined)[]): string =>
    words.flatMap((word) => (word === undefined ? [] : [`\`${word}\``])).join(', ')
  const rows = providers
    .filter(({ credential }) => credential.header !== 'none')
    .map(({ name, dialects, environment, place }) => {
      const { key, identity = [], baseURL } = environment ?? {}
      const cells = [
        quoted([name]),
        quoted(dialects),
        quoted([key, ...identity, baseURL, ...Object.values(place?.variables ?? {})]),
      ]
      return squeezed(`| ${cells.join(' | ')} |`)
    })
  const [, table = ''] = /^## Providers$(.*?)^## /ms.exec(read('docs/configuration.md')) ?? []
  expect(
    table
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map(squeezed),
  ).toEqual(rows)
})

it('takes the manifests of docs/configuration.md', async () => {
  const { accounts, warnings } = await compiled(blocks('docs/configuration.md', 'yaml'), {
    OPENAI_API_KEY: 'key-of-the-example',
    NIGHTLY_REPORT_KEY: 'key-of-the-example-too',
    BATCH_KEY: 'another-key-of-the-example',
    RACK_KEY: 'key-of-the-rack',
    LLAMA_PASSWORD: 'password-of-the-llama',
    BATCH_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
  })
  expect(accounts.get('openai-main')?.models).toEqual(new Map([['best', 'gpt-5']]))
  expect(warnings).toEqual([])
})

it('quotes the endpoint and the handler of its recipe as they are', () => {
  const code = ['packages/contracts/src/endpoints/requests.ts', 'apps/gateway/src/handlers/requests.ts']
    .map(read)
    .map(squeezed)
    .join(' ')
  for (const block of blocks('docs/recipes/add-endpoint.md', 'ts')) expect(code).toContain(squeezed(block))
})

/** The configuration that these manifests make, in this environment. */
async function compiled(documents: readonly string[], environment: Environment): Promise<Configuration> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-documents-'))
  try {
    const file = join(folder, 'weir.yaml')
    await writeFile(file, documents.join('---\n'))
    return compileConfiguration(readSettings({ ...environment, WEIR_CONFIG: file }))
  } finally {
    await rm(folder, { recursive: true })
  }
}

const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
