import { manifestSchema, type Manifest } from '@weir/contracts'
import { readFileSync } from 'node:fs'
import { LineCounter, parseAllDocuments, type Document } from 'yaml'
import { StartError } from '../config.js'
import { startFault } from '../start-fault.js'

/** A manifest, and where it stands. */
export interface Located {
  readonly file: string
  readonly manifest: Manifest
  /** The line on which the value at this path stands, or on which its nearest parent does. */
  readonly line: (path: readonly PropertyKey[]) => number
}

/** The manifests of a YAML file, one to a document. Throws a `StartError` that names file, line and field. */
export function readManifests(file: string): Located[] {
  const lines = new LineCounter()
  const documents = parseAllDocuments(readText(file), { lineCounter: lines })
  const located: Located[] = []
  for (const document of Array.isArray(documents) ? documents : []) {
    const [broken] = document.errors
    if (broken) throw new StartError(`${file}:${broken.linePos?.[0].line ?? 1}: ${broken.message.split('\n')[0]}`)
    const value = valueOf(document, file)
    if (value === null || value === undefined) continue
    const line = (path: readonly PropertyKey[]): number => lineOf(document, lines, path)
    const parsed = manifestSchema.safeParse(value)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      const unknown = issue?.code === 'unrecognized_keys' ? issue.keys : []
      const path = [...(issue?.path ?? []), ...unknown.slice(0, 1)]
      throw new StartError(`${file}:${line(path)}: ${path.join('.') || 'the document'}: ${issue?.message ?? 'not a manifest'}`)
    }
    located.push({ file, manifest: parsed.data, line })
  }
  return located
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw startFault('WEIR_CONFIG', file, error)
  }
}

function valueOf(document: Document, file: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    // An alias without an anchor, or one that would grow beyond all bounds.
    throw new StartError(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** An error at a field of a manifest, to be thrown. */
export function at(located: Located, path: readonly string[], problem: string): StartError {
  return new StartError(`${located.file}:${located.line(path)}: ${path.join('.')}: ${problem}`)
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true)
    if (node !== null && typeof node === 'object' && 'range' in node && Array.isArray(node.range)) {
      const [start] = node.range as [number]
      return lines.linePos(start).line
    }
  }
  return 1
}
