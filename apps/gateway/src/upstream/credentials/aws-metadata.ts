// The keys of the role that a machine or a container runs under, from whoever runs it.
import { readFile } from 'node:fs/promises'
import type { Environment } from '../../config.js'
import { ask, askForObject, textIn } from './ask.js'
import type { AwsKeys } from './aws-sigv4.js'
import { unusable } from './credential-error.js'
import type { CredentialPorts } from './credential.js'
import { renewed, type Lease, type Renewed } from './renewed.js'

const instance = 'the metadata service of this EC2 instance'
const container = 'the credential service of this container'

/** Of an EC2 instance, by the second version of its service, which first gives a token. */
export function instanceKeys(environment: Environment): Renewed<AwsKeys> {
  const base = (environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || 'http://169.254.169.254').replace(/\/+$/, '')
  const roles = `${base}/latest/meta-data/iam/security-credentials/`
  return renewed(async (ports) => {
    if (environment['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true')
      throw unusable('this environment has no AWS credentials, and AWS_EC2_METADATA_DISABLED is true')
    const token = await ask(
      instance,
      { method: 'PUT', url: `${base}/latest/api/token`, headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '300' } },
      ports,
    )
    const headers = { 'x-aws-ec2-metadata-token': token.trim() }
    const [role = ''] = (await ask(instance, { method: 'GET', url: roles, headers }, ports)).trim().split('\n')
    const url = roles + encodeURIComponent(role.trim())
    return leaseIn(await askForObject(instance, { method: 'GET', url, headers }, ports), instance, ports)
  })
}

/** Whether the environment says where the keys of a container are. */
export const inContainer = (environment: Environment): boolean => containerURL(environment) !== undefined

/** Of a container of ECS, or of one on EKS with a pod identity. */
export function containerKeys(environment: Environment): Renewed<AwsKeys> {
  const url = containerURL(environment) ?? ''
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: said, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file } = environment
  return renewed(async (ports) => {
    const token = file
      ? await readFile(file, 'utf8').catch(() => {
          throw unusable(`the authorization token in ${file} cannot be read`)
        })
      : said
    const headers: Record<string, string> = token ? { authorization: token.trim() } : {}
    return leaseIn(await askForObject(container, { method: 'GET', url, headers }, ports), container, ports)
  })
}

function containerURL(environment: Environment): string | undefined {
  const relative = environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']
  return relative ? `http://169.254.170.2${relative}` : environment['AWS_CONTAINER_CREDENTIALS_FULL_URI'] || undefined
}

function leaseIn(answer: object, source: string, { clock }: CredentialPorts): Lease<AwsKeys> {
  const expiresAt = Date.parse(textIn(answer, 'Expiration', source))
  return {
    value: {
      accessKeyId: textIn(answer, 'AccessKeyId', source),
      secretAccessKey: textIn(answer, 'SecretAccessKey', source),
      sessionToken: textIn(answer, 'Token', source),
    },
    expiresAt: Number.isNaN(expiresAt) ? clock.now() : expiresAt,
  }
}
