// What the edits begin with: bodies and streams as callers and providers really send them, from the fixtures of the codecs.
import { readdirSync, readFileSync } from 'node:fs'
import { decodeSse, readAll, type DialectName, type SseFrame } from '@weir/dialects'
import { wire, type Wire } from '../dialects/plain.js'

const folder = (dialect: DialectName): URL =>
  new URL(`../../../../../packages/dialects/src/generate/${dialect}/fixtures/`, import.meta.url)

/** Nothing is to be fetched: what is named by a URL stands where the gateway does not go. */
const nowhere = (text: string): string => text.replaceAll(/https?:\/\/[^"/\\]+/g, 'http://127.0.0.1:9')

const textsOf = (dialect: DialectName, suffix: string): string[] =>
  readdirSync(folder(dialect))
    .filter((file) => file.endsWith(suffix))
    .map((file) => nowhere(readFileSync(new URL(file, folder(dialect)), 'utf8')))

export function requestsOf(dialect: DialectName): readonly Wire[] {
  const texts = textsOf(dialect, '.request.json')
  // Fields of Google's in snake_case are read and not checked.
  const all = dialect === 'generate-content' ? [...texts, ...texts.map(inSnakeCase)] : texts
  return all.map((text) => wire(JSON.parse(text)))
}

const inSnakeCase = (text: string): string =>
  text.replaceAll(/"(\w+)":/g, (_, name: string) => `"${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`)

export const answersOf = (dialect: DialectName): readonly Wire[] =>
  textsOf(dialect, '.response.json').map((text) => wire(JSON.parse(text)))

/** The frames of whole streams and of such that fail; those of binary streams too, whose fixtures are written for people. */
export const streamsOf = (dialect: DialectName): readonly (readonly SseFrame[])[] =>
  [...textsOf(dialect, '.stream.txt'), ...textsOf(dialect, '.fault.txt')].map((text) =>
    readAll(decodeSse(), [new TextEncoder().encode(text)]),
  )
