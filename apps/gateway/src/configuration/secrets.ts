import { readFileSync } from 'node:fs'
import type { Environment } from '../config.js'

export const isReference = (value: string): boolean => value.startsWith('env://') || value.startsWith('file://')

/**
 * The value behind `env://NAME` or `file://path`; anything else is the secret itself, in plain text. Surrounding white space is
 * cut off, since files end with a new line and headers may not.
 */
export function secretOf(
  reference: string,
  environment: Environment,
  problem: (sentence: string) => Error,
): { readonly value: string; readonly plain: boolean } {
  if (reference.startsWith('env://')) {
    const name = reference.slice('env://'.length)
    const value = environment[name]?.trim()
    if (!value) throw problem(`The environment variable ${name} is not set.`)
    return { value, plain: false }
  }
  if (reference.startsWith('file://')) {
    const path = reference.slice('file://'.length)
    try {
      const value = readFileSync(path, 'utf8').trim()
      if (value) return { value, plain: false }
    } catch {
      throw problem(`The file ${path} cannot be read.`)
    }
    throw problem(`The file ${path} is empty.`)
  }
  return { value: reference, plain: true }
}
