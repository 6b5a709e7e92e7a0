import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../../config.js'
import { unusable } from './credential-error.js'
import { keyFileToken } from './google-key-file.js'
import { metadataToken } from './google-metadata.js'
import type { Renewed } from './renewed.js'

/**
 * Access tokens of the gateway's own identity on Google's cloud: of GOOGLE_APPLICATION_CREDENTIALS, of the login of `gcloud`, or of
 * the machine. Throws a `CredentialError` for a file that cannot be used.
 */
export function ambientToken(scope: string, environment: Environment): Renewed<string> {
  const named = environment['GOOGLE_APPLICATION_CREDENTIALS']
  const home = environment['HOME'] || environment['USERPROFILE'] || homedir()
  const folder = environment['CLOUDSDK_CONFIG'] || join(home, '.config/gcloud')
  const login = join(folder, 'application_default_credentials.json')
  const file = named || (existsSync(login) ? login : undefined)
  return file === undefined ? metadataToken('default', scope, environment) : keyFileToken(textOf(file), scope)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw unusable(`the key file ${file} cannot be read`)
  }
}
