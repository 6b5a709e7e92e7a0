// The profiles of AWS's own two files, which its command line and SDKs read as well.
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../../config.js'
import { containerKeys, instanceKeys } from './aws-metadata.js'
import type { AwsKeys } from './aws-sigv4.js'
import { assumedRole, webIdentity } from './aws-sts.js'
import { unusable } from './credential-error.js'
import { renewed, type Renewed } from './renewed.js'

type Profile = Readonly<Record<string, string>>

/** Whoever changes the files is understood within minutes, without a start. Milliseconds. */
const readAgain = 5 * 60_000

/** Whether there is a profile of this name. */
export const hasProfile = (name: string, environment: Environment): boolean => readProfiles(environment).has(name)

/**
 * The keys of a profile: those that stand in it, or of the role that it names, by its `source_profile`, its `credential_source` or
 * its token file. Throws a `CredentialError` for a profile that is not there or gets its keys in another way.
 */
export function profileKeys(
  name: string,
  region: string,
  environment: Environment,
  above: readonly string[] = [],
): Renewed<AwsKeys> {
  const profile = profileOf(name, environment)
  const { role_arn: arn, source_profile: from, credential_source: kind, web_identity_token_file: tokenFile } = profile
  if (arn === undefined || above.includes(name)) {
    inIt(name, profile)
    return renewed(({ clock }) =>
      Promise.resolve()
        .then(() => inIt(name, profileOf(name, environment)))
        .then((value) => ({ value, expiresAt: clock.now() + readAgain })),
    )
  }
  const role = { arn, session: profile['role_session_name'], region: profile['region'] ?? region }
  if (tokenFile !== undefined) return webIdentity({ ...role, tokenFile }, environment)
  const base = from !== undefined ? profileKeys(from, region, environment, [...above, name]) : kindOfKeys(kind, name, environment)
  return assumedRole(base, { ...role, externalId: profile['external_id'] }, environment)
}

function inIt(name: string, profile: Profile): AwsKeys {
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey, aws_session_token: sessionToken } = profile
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
  const other = Object.keys(profile).find((field) => field.startsWith('sso_') || field === 'credential_process')
  throw unusable(
    `the AWS profile "${name}" has no aws_access_key_id with an aws_secret_access_key${other ? `, and ${other} is not supported` : ''}`,
  )
}

function kindOfKeys(kind: string | undefined, name: string, environment: Environment): Renewed<AwsKeys> {
  switch (kind) {
    case 'Environment':
      return () => Promise.resolve(environmentKeys(environment) ?? inIt(name, {}))
    case 'Ec2InstanceMetadata':
      return instanceKeys(environment)
    case 'EcsContainer':
      return containerKeys(environment)
    default:
      throw unusable(
        `the AWS profile "${name}" has a role_arn and neither a source_profile nor a credential_source that is known`,
      )
  }
}

/** The keys that the environment has itself. */
export function environmentKeys(environment: Environment): AwsKeys | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = environment
  if (!accessKeyId || !secretAccessKey) return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}

function profileOf(name: string, environment: Environment): Profile {
  const profile = readProfiles(environment).get(name)
  if (!profile) throw unusable(`there is no AWS profile "${name}" in ${filesOf(environment).join(' or ')}`)
  return profile
}

function filesOf(environment: Environment): readonly [config: string, credentials: string] {
  const home = join(environment['HOME'] || environment['USERPROFILE'] || homedir(), '.aws')
  return [
    environment['AWS_CONFIG_FILE'] || join(home, 'config'),
    environment['AWS_SHARED_CREDENTIALS_FILE'] || join(home, 'credentials'),
  ]
}

/** By name; where both files have a field, the file of credentials wins. */
function readProfiles(environment: Environment): ReadonlyMap<string, Profile> {
  const [config, credentials] = filesOf(environment)
  const profiles = new Map<string, Profile>()
  const add = (name: string, fields: Profile): void => void profiles.set(name, { ...profiles.get(name), ...fields })
  for (const [section, fields] of sectionsOf(config)) {
    const [, name] = /^(?:profile\s+(.+)|default)$/.exec(section) ?? []
    if (name !== undefined || section === 'default') add(name ?? 'default', fields)
  }
  for (const [section, fields] of sectionsOf(credentials)) add(section, fields)
  return profiles
}

function sectionsOf(file: string): readonly [name: string, fields: Profile][] {
  const sections: [string, Record<string, string>][] = []
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split(/\r?\n/) : []) {
    const [, section] = /^\s*\[\s*(.*?)\s*\]\s*(?:[#;].*)?$/.exec(line) ?? []
    if (section !== undefined) sections.push([section, {}])
    // What is indented belongs to a field that has fields of its own, and none of those is read here.
    const [, field, value] = /^([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    const fields = sections.at(-1)?.[1]
    if (fields && field !== undefined && value) fields[field.toLowerCase()] = value.replace(/\s[#;].*$/, '')
  }
  return sections
}
