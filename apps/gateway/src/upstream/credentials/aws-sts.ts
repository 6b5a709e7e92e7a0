import { readFile } from 'node:fs/promises'
import type { Environment } from '../../config.js'
import { ask, unreadable, type Question } from './ask.js'
import { signedByAws, type AwsKeys } from './aws-sigv4.js'
import { unusable } from './credential-error.js'
import type { CredentialPorts } from './credential.js'
import { renewed, type Lease, type Renewed } from './renewed.js'

const source = 'AWS STS'
const version = '2011-06-15'
const defaultSession = 'weir'

/** A role, and where it is asked for. */
export interface AwsRole {
  readonly arn: string
  /** Under which name it is assumed, as CloudTrail shows it. */
  readonly session?: string | undefined
  readonly region: string
}

/** The keys of a role, which whoever has the keys of `base` may assume. They are good for an hour, and renewed. */
export function assumedRole(
  base: Renewed<AwsKeys>,
  { arn, session = defaultSession, externalId, region }: AwsRole & { readonly externalId?: string | undefined },
  environment: Environment,
): Renewed<AwsKeys> {
  return renewed(async (ports) => {
    const question = form(environment, region, {
      Action: 'AssumeRole',
      RoleArn: arn,
      RoleSessionName: session,
      ...(externalId !== undefined && { ExternalId: externalId }),
    })
    const keys = await base(ports, new AbortController().signal)
    return leaseIn(
      await ask(source, signedByAws(question, keys, { service: 'sts', region, at: ports.clock.now() }), ports),
      ports,
    )
  })
}

/** The keys of a role that a token of somebody else's in a file gives a right to; a cluster writes the file anew now and then. */
export function webIdentity(
  { arn, session = defaultSession, tokenFile, region }: AwsRole & { readonly tokenFile: string },
  environment: Environment,
): Renewed<AwsKeys> {
  return renewed(async (ports) => {
    const token = await readFile(tokenFile, 'utf8').catch(() => {
      throw unusable(`the web identity token in ${tokenFile} cannot be read`)
    })
    const question = form(environment, region, {
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: arn,
      RoleSessionName: session,
      WebIdentityToken: token.trim(),
    })
    return leaseIn(await ask(source, question, ports), ports)
  })
}

function form(environment: Environment, region: string, fields: Readonly<Record<string, string>>): Question {
  return {
    method: 'POST',
    url: endpoint(environment, region),
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', accept: 'text/xml' },
    body: new URLSearchParams({ ...fields, Version: version }).toString(),
  }
}

function endpoint(environment: Environment, region: string): string {
  const own = environment['AWS_ENDPOINT_URL_STS'] || environment['AWS_ENDPOINT_URL']
  if (own) return `${own.replace(/\/+$/, '')}/`
  return `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`
}

/** STS answers in XML, whose values here have nothing to unescape. */
function leaseIn(answer: string, { clock }: CredentialPorts): Lease<AwsKeys> {
  const field = (name: string): string => {
    const value = new RegExp(`<${name}>([^<]+)</${name}>`).exec(answer)?.[1]?.trim()
    if (!value) throw unreadable(source)
    return value
  }
  const expiresAt = Date.parse(field('Expiration'))
  return {
    value: {
      accessKeyId: field('AccessKeyId'),
      secretAccessKey: field('SecretAccessKey'),
      sessionToken: field('SessionToken'),
    },
    expiresAt: Number.isNaN(expiresAt) ? clock.now() : expiresAt,
  }
}
