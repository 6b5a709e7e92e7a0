// What the tree promises to a reader, held by a test: where things stand, how large they are, and that the documents point
// at files that exist.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const source = join(root, 'apps/gateway/src')

const stages = [
  'ingress',
  'authenticate',
  'idempotency',
  'recall',
  'resolve',
  'limit',
  'guard',
  'route',
  'translate',
  'upstream',
  'respond',
  'act',
  'remember',
  'record',
]

/** The folders that are nobody's handwriting. */
const made = new Set(['node_modules', 'dist', 'coverage', 'fixtures', '__snapshots__'])

/** Every file below a folder, with its path from the repository's root, in POSIX form. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (made.has(entry.name) || entry.name.startsWith('.')) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path) : [relative(root, path).split(sep).join('/')]
  })
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const handwritten = ['apps', 'packages', 'bench', 'scripts']
  .flatMap((folder) => filesBelow(join(root, folder)))
  .filter((path) => /\.(ts|tsx|mts|mjs|js|css)$/.test(path))

const gatewaySource = filesBelow(source).filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...filesBelow(join(root, 'docs')).filter((path) => path.endsWith('.md')),
  ...filesBelow(join(root, 'packages')).filter((path) => path.endsWith('.md')),
]

describe('a stage', () => {
  it.each(stages)('%s is a folder with a door file of its name', (stage) => {
    const door = join(source, stage, `${stage}.ts`)
    expect(existsSync(door), `${stage}/${stage}.ts`).toBe(true)
    expect(readFileSync(door, 'utf8')).toMatch(new RegExp(`export (async )?(function|const) ${stage}\\b`))
  })
})

describe('the core of the gateway', () => {
  // What a provider does is said below upstream/ and in dialects. `openai` is not among these names: it is also whose dialect
  // the gateway itself speaks.
  const own = new Set(['providers', 'simulator', 'openai', 'openai-compatible'])
  const files = readdirSync(join(source, 'upstream/providers')).map((name) => basename(name, '.ts'))
  const others =
    'azure bedrock anthropic gemini vertex groq mistral deepseek cohere perplexity openrouter fireworks cerebras ollama vllm sagemaker'
  const names = new Set([...files.filter((name) => !own.has(name) && !name.endsWith('.test')), ...others.split(' ')])

  it('names no provider', () => {
    const spellings = [...names].map((name) => name.replaceAll('-', '[-_ ]?'))
    const named = new RegExp(spellings.join('|'), 'i')
    const found = gatewaySource
      .filter((path) => !path.startsWith('apps/gateway/src/upstream/'))
      .flatMap((path) => linesOf(path).filter(({ text }) => named.test(text)))
    expect(found.map(({ place, text }) => `${place}: ${text.trim()}`)).toEqual([])
  })

  it('reads the environment in config.ts and nowhere else', () => {
    const readers = gatewaySource.filter((path) => /process\.env\b|\benv\b[^\n]*from 'node:process'/.test(read(path)))
    expect(readers.filter((path) => path !== 'apps/gateway/src/config.ts')).toEqual([])
  })

  it('knows its adapters in main.ts alone', () => {
    const importers = gatewaySource
      .filter((path) => !path.startsWith('apps/gateway/src/adapters/'))
      .filter((path) => /(from|import\() ?'[./]+[^']*adapters\//.test(read(path)))
    expect(importers.filter((path) => path !== 'apps/gateway/src/main.ts')).toEqual([])
  })
})

describe('the rooms', () => {
  it('are small: no file has more than 700 lines', () => {
    const large = handwritten
      .map((path) => ({ path, lines: read(path).split('\n').length - 1 }))
      .filter(({ lines }) => lines > 700)
    expect(large).toEqual([])
  })

  it('are named for what is in them', () => {
    const vague = /^(utils?|utilities|helpers?|common|misc|shared)(\.|$)/
    expect(handwritten.filter((path) => path.split('/').some((part) => vague.test(part)))).toEqual([])
  })
})

describe('the documents', () => {
  it.each(documents)('%s points at files that exist', (document) => {
    const text = read(document)
    const linked = [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, target]) =>
      join(dirname(document), target ?? ''),
    )
    // A path in code quotes that begins at the root of the repository is a pointer too, unless it is a pattern.
    const quoted = [...text.matchAll(/`((?:apps|packages|docs|bench|scripts|\.ci|\.changeset)\/[^`\s]*)`/g)]
      .map(([, target]) => target ?? '')
      .filter((target) => !/[<>{}*…]/.test(target))
    const missing = [...linked, ...quoted].filter((target) => !existsSync(join(root, target)))
    expect(missing).toEqual([])
  })

  it('number their decisions without gaps, each with its three parts', () => {
    const decisions = readdirSync(join(root, 'docs/decisions')).toSorted()
    const numbers = decisions.map((name) => /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1])
    expect(numbers).toEqual(decisions.map((_, index) => String(index + 1).padStart(4, '0')))
    for (const name of decisions)
      for (const part of ['## Context', '## Decision', '## Consequences'])
        expect(read(`docs/decisions/${name}`), name).toContain(part)
  })
})

function linesOf(path: string): { place: string; text: string }[] {
  return read(path)
    .split('\n')
    .map((text, index) => ({ place: `${path}:${index + 1}`, text }))
}
