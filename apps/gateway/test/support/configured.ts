import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings, StartError, type Environment } from '../../src/config.js'
import { compileConfiguration, type Configuration } from '../../src/configuration.js'

/** What the gateway makes of this environment and, where there is one, of a weir.yaml with this text. */
export function configured(environment: Environment, yaml?: string): Configuration {
  if (yaml === undefined) return compileConfiguration(readSettings(environment))
  const folder = mkdtempSync(join(tmpdir(), 'weir-'))
  const file = join(folder, 'weir.yaml')
  try {
    writeFileSync(file, yaml)
    return compileConfiguration(readSettings({ ...environment, WEIR_CONFIG: file }))
  } catch (error) {
    // The folder is by chance, and so it is no part of what a test expects.
    if (error instanceof StartError) error.message = error.message.replaceAll(file, 'weir.yaml')
    throw error
  } finally {
    rmSync(folder, { recursive: true })
  }
}
