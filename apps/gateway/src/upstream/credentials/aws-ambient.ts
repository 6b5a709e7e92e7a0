import type { Environment } from '../../config.js'
import { containerKeys, inContainer, instanceKeys } from './aws-metadata.js'
import { environmentKeys, hasProfile, profileKeys } from './aws-profile.js'
import { fixedKeys, type AwsKeys } from './aws-sigv4.js'
import { webIdentity } from './aws-sts.js'
import type { Renewed } from './renewed.js'

/**
 * The keys that the gateway itself has on AWS, by the first of these that there is: keys in the environment, AWS_PROFILE, a web
 * identity, a container's, the default profile, the instance's. Throws a `CredentialError` for a profile that cannot be used.
 */
export function ambientKeys(region: string, environment: Environment): Renewed<AwsKeys> {
  const own = environmentKeys(environment)
  if (own) return fixedKeys(own)
  const profile = environment['AWS_PROFILE']
  if (profile) return profileKeys(profile, region, environment)
  const { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: arn, AWS_ROLE_SESSION_NAME: session } = environment
  if (tokenFile && arn) return webIdentity({ arn, session: session || undefined, tokenFile, region }, environment)
  if (inContainer(environment)) return containerKeys(environment)
  return hasProfile('default', environment) ? profileKeys('default', region, environment) : instanceKeys(environment)
}
