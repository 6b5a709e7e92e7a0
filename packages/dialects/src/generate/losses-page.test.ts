// `docs/dialects.md` says what each pair of dialects loses. It is written from the losses on file, which the laws hold the encoders
// to: after a change of those, run `npx vitest run --update` twice.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { DialectName } from '../dialect.js'
import type { Loss } from './canonical/loss.js'

const names: readonly DialectName[] = ['responses', 'chat-completions', 'messages', 'generate-content', 'converse']
const dispositions = ['approximated', 'dropped', 'refused'] as const

const folder = new URL('fixtures/losses/', import.meta.url)

/** What a translation from one dialect to another loses, each thing once. */
function lossesOf(from: DialectName, to: DialectName): Loss[] {
  const rows = new Map<string, Loss>()
  const files = readdirSync(folder).filter((file) => file.startsWith(`${from}.`) && file.endsWith(`.as-${to}.json`))
  const ofUnknown = `${from}.unknown-fields.as-${to}.json`
  const known = files.filter((file) => file !== ofUnknown).flatMap(read)
  const paths = new Set(known.map(({ path }) => path))
  const unknown = files.includes(ofUnknown) ? read(ofUnknown) : []
  // Fields of which Weir knows nothing stand for any such.
  const standing = unknown.map((loss) => (paths.has(loss.path) ? loss : { ...loss, path: loss.path.replace(ofExtras, '$1.…') }))
  for (const { path, disposition, reason } of [...known, ...standing])
    rows.set(JSON.stringify([path, disposition, reason]), { path, disposition, reason })
  return [...rows.values()].toSorted(
    (one, other) =>
      compare(one.path, other.path) || compare(one.disposition, other.disposition) || compare(one.reason, other.reason),
  )
}

/** The same on every machine, whatever its language. */
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

const ofExtras = /(\bextras\.[a-z-]+)\..*$/

/** The losses in a file, without their places in lists. */
function read(file: string): Loss[] {
  // Written by the laws, from an encoder's losses.
  const losses = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Loss[]
  return losses.map((loss) => ({ ...loss, path: loss.path.replaceAll(/\[\d+\]/g, '[]') }))
}

const titleOf = (from: DialectName, to: DialectName): string => `From ${from} to ${to}`
const anchorOf = (from: DialectName, to: DialectName): string => titleOf(from, to).toLowerCase().replaceAll(' ', '-')

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')

function summary(from: DialectName, to: DialectName): string {
  const losses = lossesOf(from, to)
  const counts = dispositions.flatMap((disposition) => {
    const count = losses.filter((loss) => loss.disposition === disposition).length
    return count > 0 ? [`${count} ${disposition}`] : []
  })
  return counts.length > 0 ? `[${counts.join(', ')}](#${anchorOf(from, to)})` : 'nothing'
}

function section(from: DialectName, to: DialectName): string[] {
  const losses = lossesOf(from, to)
  if (losses.length === 0) return []
  const rows = losses.map(({ path, disposition, reason }) => [`\`${path}\``, disposition, reason])
  return [`## ${titleOf(from, to)}`, table(['what', 'becomes', 'why'], rows)]
}

const anyRefused = (): boolean =>
  names.some((from) => names.some((to) => lossesOf(from, to).some(({ disposition }) => disposition === 'refused')))

const introduction = `<!-- Written by packages/dialects/src/generate/losses-page.test.ts. Do not edit. -->

# What crosses from one dialect to another

A request that is written in one dialect and answered by a model that speaks another goes through the canonical form. What the target's
dialect cannot say is a declared loss: it is in the header \`x-weir-losses\` and in the request's record, and with
\`x-weir-translation: strict\` a field that would be dropped is a 400. This page lists every loss that the tests know of, and the
encoders are held to exactly these.

- **approximated**: it is said in another way.
- **dropped**: it is left out.
- **refused**: the target cannot answer such a request at all; the caller gets a 400 \`untranslatable\`.${anyRefused() ? '' : ' No pair has one yet.'}

The first column is the place in the canonical request, \`[]\` for any place in a list. \`extras.<dialect>.<field>\` is a field that one
dialect alone has, and \`extras.<dialect>.…\` any field that Weir does not know: these reach a target of their own dialect and no other.

The losses are those for a server that speaks the dialect and no more. What a server can do beyond that, or cannot do, is a quirk of its
provider, and changes some rows: see \`Quirks\` in [dialect.ts](../packages/dialects/src/dialect.ts). Between a caller and a target
of one dialect a body mostly goes as it is; the cells where both are the same tell of those that are translated all the same.

A mark of the prompt's cache (\`cache_control\`, \`cachePoint\`, \`prompt_cache_breakpoint\`) goes along wherever the target takes marks:
to Anthropic, to models of Bedrock and to those of OpenAI that do, four of them at most, the last ones. Elsewhere it is left out. That is
no loss: like the key of a cache it changes what an answer costs and never the answer, and a strict caller is not refused over it.

## Overview

Down: what the request is written in. Across: what the target speaks.`

it('docs/dialects.md tells of every pair of dialects what is lost between them', async () => {
  const overview = table(
    ['', ...names.map((name) => `to ${name}`)],
    names.map((from) => [`**from ${from}**`, ...names.map((to) => summary(from, to))]),
  )
  const sections = names.flatMap((from) => names.flatMap((to) => section(from, to)))
  const page = `${[introduction, overview, ...sections].join('\n\n')}\n`
  await expect(page).toMatchFileSnapshot('../../../../docs/dialects.md')
})
