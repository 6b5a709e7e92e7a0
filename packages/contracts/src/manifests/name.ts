import * as z from 'zod'

/** The name of a thing that manifests define: it stands in model ids and URLs, so it needs no escaping anywhere. */
export const manifestName = z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, {
  error: 'Expected lower-case letters, digits, dots, dashes and underscores, beginning with a letter or digit.',
})
