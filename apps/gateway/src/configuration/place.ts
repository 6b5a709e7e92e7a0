// Where an account answers.
import type { ProviderAccountManifest } from '@weir/contracts'
import { StartError, type Environment } from '../config.js'
import { emptyPlace, placeFields, type PlaceField, type Provider } from '../upstream/provider.js'
import { at, type Located } from './manifests.js'

/** Where, and in which region where there are any. */
export interface Place {
  readonly baseURL: string
  readonly region?: string
}

/** Where a manifest says that its account answers: by a `base_url`, or by the fields that make one. */
export function placeOfManifest(manifest: ProviderAccountManifest, provider: Provider, located: Located): Place {
  const { place } = provider
  for (const field of placeFields)
    if (manifest[field] !== undefined && place?.variables[field] === undefined)
      throw at(located, [field], `This is no field of ${provider.name}.`)
  const { base_url: said, region } = manifest
  const missing = placeFields.filter((field) => place?.variables[field] !== undefined && manifest[field] === undefined)
  const listed = (manifest.integrations ?? []).length > 0
  // Where each model is a server of its own, the account may be nowhere.
  const fallback = provider.servers && listed ? '' : provider.baseURL
  const baseURL = said ?? (place && missing.length === 0 ? place.toBaseURL({ ...emptyPlace, ...manifest }) : fallback)
  if (baseURL === undefined) {
    const parts = place ? `, or ${missing.join(' and ')}` : ''
    throw at(located, ['base_url'], `An account of ${provider.name} has to say its base_url${parts}.`)
  }
  // Paths are put behind it, so nothing may come after its own.
  if (/[?#]/.test(baseURL)) throw at(located, ['base_url'], 'It takes a URL without a query or a fragment.')
  return { baseURL: bare(baseURL), ...(region !== undefined && { region }) }
}

/** Where the variables of a provider say that it answers, if they say it. Throws a `StartError` for what is no place. */
export function placeOfEnvironment(environment: Environment, provider: Provider): Place | undefined {
  const { baseURL: variable, toBaseURL } = provider.environment ?? {}
  const said = valueOf(environment, variable)
  if (said !== undefined) return { baseURL: bare(checked(variable, said, () => toBaseURL?.(said) ?? said)) }
  const { place } = provider
  if (!place) return undefined
  const values: Partial<Record<PlaceField, string>> = {}
  for (const field of placeFields) {
    const value = valueOf(environment, place.variables[field])
    if (value !== undefined) values[field] = value
    else if (place.variables[field] !== undefined) return undefined
  }
  const names = placeFields.flatMap((field) => place.variables[field] ?? [])
  const baseURL = checked(names.join(' and '), Object.values(values).join(' and '), () =>
    place.toBaseURL({ ...emptyPlace, ...values }),
  )
  return { baseURL: bare(baseURL), ...(values.region !== undefined && { region: values.region }) }
}

/** The value of a variable; an empty one is none. */
export const valueOf = (environment: Environment, name: string | undefined): string | undefined =>
  (name === undefined ? undefined : environment[name]) || undefined

function checked(variable: string | undefined, value: string, toBaseURL: () => string): string {
  try {
    const baseURL = toBaseURL()
    if (/^https?:$/.test(new URL(baseURL).protocol)) return baseURL
  } catch {
    // Said below.
  }
  throw new StartError(`${variable} is ${JSON.stringify(value)}; it takes an http or https URL.`)
}

const bare = (baseURL: string): string => baseURL.replace(/\/+$/, '')
