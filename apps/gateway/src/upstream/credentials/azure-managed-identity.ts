import type { Environment } from '../../config.js'
import type { Question } from './ask.js'
import { accessToken } from './oauth-token.js'
import { renewed, type Renewed } from './renewed.js'

const machine = 'the metadata service of this machine'
const appService = 'the identity endpoint of this app'

/** Access tokens of the identity that Azure has given a machine or an app. `client`: which one, where it has several. */
export function managedIdentityToken(client: string | undefined, scope: string, environment: Environment): Renewed<string> {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header } = environment
  const chosen = { resource: scope.replace(/\/\.default$/, ''), ...(client !== undefined && { client_id: client }) }
  if (endpoint && header) {
    const question = questionOf(endpoint, { 'api-version': '2019-08-01', ...chosen }, { 'x-identity-header': header })
    return renewed((ports) => accessToken(appService, question, ports))
  }
  const host = (environment['AZURE_POD_IDENTITY_AUTHORITY_HOST'] || 'http://169.254.169.254').replace(/\/+$/, '')
  const question = questionOf(
    `${host}/metadata/identity/oauth2/token`,
    { 'api-version': '2018-02-01', ...chosen },
    { metadata: 'true' },
  )
  return renewed((ports) => accessToken(machine, question, ports))
}

const questionOf = (
  url: string,
  query: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Question => ({
  method: 'GET',
  url: `${url}?${new URLSearchParams(query)}`,
  headers,
})
