// A failed parse as a caller is told of it: one field and one sentence.
import type * as z from 'zod'

export interface Issue {
  /** Such as `input[0].content[1].text`; empty where the whole value is wrong. */
  readonly path: string
  readonly message: string
  /** Whether the field is absent, rather than wrong. */
  readonly missing: boolean
}

/** `['input', 0, 'text']` as `input[0].text`. */
export function renderPath(path: readonly PropertyKey[]): string {
  let rendered = ''
  for (const step of path) {
    if (typeof step === 'number') rendered += `[${step}]`
    else rendered += rendered === '' ? String(step) : `.${String(step)}`
  }
  return rendered
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'custom') return issue.params?.['missing'] === true
  // A finished issue no longer carries its input; zod's sentence is what still tells absent from wrong.
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
}

/** The first thing wrong. An unknown field is named by its own path, not by that of the object which holds it. */
export function firstIssue(error: z.ZodError): Issue {
  const [issue] = error.issues
  if (issue === undefined) return { path: '', message: 'The value is not accepted.', missing: false }
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    return { path: renderPath([...issue.path, key]), message: 'This field is not known here.', missing: false }
  }
  const missing = isMissing(issue)
  return {
    path: renderPath(issue.path),
    message: missing && issue.code === 'invalid_type' ? `This field is required: ${issue.expected}.` : issue.message,
    missing,
  }
}
