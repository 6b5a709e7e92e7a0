// Everything configurable is a manifest: a document with a `type` and a `name`, the same in a file and over the wire.
import * as z from 'zod'
import { withoutEmptyLists } from './empty-lists.js'
import { providerAccountSchema, type ProviderAccountManifest } from './provider-account.js'
import { virtualAccountSchema, type VirtualAccountManifest } from './virtual-account.js'

export type Manifest = ProviderAccountManifest | VirtualAccountManifest

export const supportedManifestTypes = ['provider-account/<provider>', 'virtual-account'] as const

/** Of the types that a widely used gateway documents, those that begin like an account and are none. */
const notAccounts = new Set(['provider-account/virtual-model', 'provider-account/guardrail-config-group'])

function schemaOf(type: string): z.ZodType<Manifest> | undefined {
  if (type === 'virtual-account') return virtualAccountSchema
  return /^provider-account\/[a-z0-9-]+$/.test(type) && !notAccounts.has(type) ? providerAccountSchema : undefined
}

const typeOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined

/** Any manifest. What is not supported, type or field, is refused by name. */
export const manifestSchema: z.ZodType<Manifest> = z.unknown().transform((value, context): Manifest => {
  const type = typeOf(value)
  const schema = typeof type === 'string' ? schemaOf(type) : undefined
  if (schema === undefined) {
    const supported = `supported types: ${supportedManifestTypes.join(', ')}`
    const missing = type === undefined
    const message = missing ? `This field is required; ${supported}.` : `${JSON.stringify(type)} is not supported; ${supported}.`
    context.issues.push({ code: 'custom', path: ['type'], message, params: { missing }, input: value })
    return z.NEVER
  }
  const parsed = schema.safeParse(withoutEmptyLists(value))
  if (parsed.success) return parsed.data
  // zod's type for an issue that is raised ties each code to its own input; one that was raised already has lost that tie.
  for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue)
  return z.NEVER
})
