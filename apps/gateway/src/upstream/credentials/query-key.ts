import type { Credential } from './credential.js'

/** Keys in the query of the URL. What the URL has there already stays as it is, to the letter. */
export function queryKey(parameters: Readonly<Record<string, string>>): Credential {
  const query = Object.entries(parameters)
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&')
  return (request) => ({ ...request, url: `${request.url}${request.url.includes('?') ? '&' : '?'}${query}` })
}
