import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder, listening, startProcess, startUnheard, type Variables } from '../support/process.js'

test('the first start prints a key once, and keeps its hash only', async () => {
  await using place = await folder()
  const variables = { WEIR_DATA_DIR: join(place.path, 'data') }
  await using first = startUnheard(variables)
  await listening(first, '')
  const { out } = first.printed()
  const key = /Your admin key, shown this once: {2}(\S+)/.exec(out)?.[1] ?? ''
  expect(key).toMatch(/^weir-[\w-]{32}$/)
  // Once as itself, and once in the curl that works as pasted.
  expect(out.split(key)).toHaveLength(3)
  const gateway = await listening(first, key)
  const answer = await gateway.call('/v1/responses', { model: 'simulator/talker', input: 'Hello!' })
  expect(answer.status).toBe(200)
  const { id } = (await answer.json()) as { id: string }
  first.kill('SIGTERM')
  expect(await first.ended).toEqual({ code: 0, signal: null })

  const kept = await bytesUnder(join(place.path, 'data'))
  expect(kept.includes(key)).toBe(false)
  expect(kept.includes(createHash('sha256').update(key).digest('hex'))).toBe(true)

  await using second = startUnheard(variables)
  const again = await listening(second, key)
  expect(second.printed().out).not.toContain('admin key')
  expect((await again.call(`/v1/responses/${id}`)).status).toBe(200)
  expect((await (await listening(second, 'weir-another-key-altogether-00')).call(`/v1/responses/${id}`)).status).toBe(401)
})

test('no key is made where one is set', async () => {
  await using place = await folder()
  await using gateway = await startProcess({ WEIR_DATA_DIR: place.path })
  expect(gateway.printed().out).not.toContain('admin key')
  expect((await gateway.call('/v1/models')).status).toBe(200)
  expect((await bytesUnder(place.path)).includes('admin-key-of-a-process-01')).toBe(false)
})

const wrong: readonly { readonly what: string; readonly yaml: string; readonly says: RegExp }[] = [
  {
    what: 'a field that does not exist',
    yaml: 'type: provider-account/openai-compatible\nname: local\nbase_url: http://127.0.0.1:9/v1\ncolour: red\n',
    says: /weir\.yaml:4: colour: /,
  },
  {
    what: 'a value of the wrong type, in the second document',
    yaml: 'type: provider-account/openai-compatible\nname: local\nbase_url: http://127.0.0.1:9/v1\n---\ntype: provider-account/openai-compatible\nname: other\nbase_url: 7\n',
    says: /weir\.yaml:7: base_url: /,
  },
  {
    what: 'a provider that does not exist',
    yaml: 'type: provider-account/nobody\nname: local\n',
    says: /weir\.yaml:1: type: .*nobody/,
  },
  {
    what: 'a secret that is not in the environment',
    yaml: 'type: provider-account/openai\nname: main\nauth_data:\n  type: bearer-auth\n  bearer_token: env://NOT_THERE\n',
    says: /weir\.yaml:5: auth_data\.bearer_token: .*NOT_THERE/,
  },
  { what: 'what is not YAML', yaml: 'type: provider-account/openai\nname: [unclosed\n', says: /weir\.yaml:\d+: / },
]

for (const { what, yaml, says } of wrong) {
  test(`${what} in a manifest stops the start, and its place is said`, async () => {
    await using place = await folder()
    const file = join(place.path, 'weir.yaml')
    await writeFile(file, yaml)
    await using gateway = startUnheard({ WEIR_DATA_DIR: place.path, WEIR_CONFIG: file })
    expect(await gateway.ended).toEqual({ code: 1, signal: null })
    const { out, error } = gateway.printed()
    expect(out).toBe('')
    expect(error).toMatch(says)
    expect(error).not.toContain('    at ')
  })
}

const unusable: readonly {
  readonly what: string
  readonly prepare: (path: string) => Promise<Variables>
  readonly says: RegExp
}[] = [
  {
    what: 'a data folder below a file',
    async prepare(path) {
      await writeFile(join(path, 'notes'), '')
      return { WEIR_DATA_DIR: join(path, 'notes', 'data') }
    },
    says: /WEIR_DATA_DIR: \S+notes\/data: a part of the path is a file where a folder should be; name another place/,
  },
  {
    what: 'a database that is a folder',
    async prepare(path) {
      await mkdir(join(path, 'weir.db'))
      return { WEIR_DATA_DIR: path }
    },
    says: /WEIR_DATA_DIR: \S+: it is a folder where a file should be/,
  },
  {
    what: 'a database that is none',
    async prepare(path) {
      await writeFile(join(path, 'weir.db'), 'notes and no database, '.repeat(1_000))
      return { WEIR_DATA_DIR: path }
    },
    says: /The database \S+weir\.db is damaged \(.*restore a backup/,
  },
  {
    what: 'a manifest file that is a folder',
    prepare: (path) => Promise.resolve({ WEIR_DATA_DIR: path, WEIR_CONFIG: path }),
    says: /WEIR_CONFIG: \S+: it is a folder where a file should be; name the file/,
  },
]

for (const { what, prepare, says } of unusable)
  test(`${what} stops the start, with the setting and what to do`, async () => {
    await using place = await folder()
    await using gateway = startUnheard(await prepare(place.path))
    expect(await gateway.ended).toEqual({ code: 1, signal: null })
    expect(gateway.printed().error).toMatch(says)
    expect(gateway.printed().error).not.toContain('    at ')
  })

test('a port that is taken stops the start, with the setting and what to do', async () => {
  await using place = await folder()
  await using first = await startProcess({ WEIR_DATA_DIR: join(place.path, 'one') })
  const { port } = new URL(first.url)
  await using second = startUnheard({ WEIR_DATA_DIR: join(place.path, 'two'), WEIR_PORT: port })
  expect(await second.ended).toEqual({ code: 1, signal: null })
  expect(second.printed().error).toMatch(/WEIR_HOST and WEIR_PORT: 127\.0\.0\.1 and \d+: it is taken by another process/)
})

/** Everything under a folder, as one text. */
async function bytesUnder(path: string): Promise<string> {
  const files = await readdir(path, { recursive: true, withFileTypes: true })
  const texts = await Promise.all(
    files.filter((each) => each.isFile()).map((each) => readFile(join(each.parentPath, each.name), 'latin1')),
  )
  return texts.join('\n')
}
