import { withHeaders, type Credential } from './credential.js'

/** Keys in headers, by their lower-case names. */
export const headerKey =
  (headers: Readonly<Record<string, string>>): Credential =>
  (request) =>
    withHeaders(request, headers)
