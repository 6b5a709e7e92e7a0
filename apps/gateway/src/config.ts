// The process's environment, read here and nowhere else.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

export interface Settings {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  /** The manifest file; absent where there is none. */
  readonly configFile: string | undefined
  readonly adminKey: string | undefined
  /** The first seals, all of them open; none: the key in the data folder. */
  readonly sealKeys: readonly string[]
  readonly logLevel: string
  readonly simulators: boolean
  /** Bytes. */
  readonly bodyLimit: number
  /** Bytes of one uploaded file. */
  readonly fileLimit: number
  /** Bytes of all files and fetched URLs that one request brings with it, each turn before it included. */
  readonly attachmentLimit: number
  /** `host:port` of what may be fetched though it is private or plain http. */
  readonly fetchAllow: ReadonlySet<string>
  readonly drainSeconds: number
  /** Background responses that are made at once. */
  readonly backgroundLimit: number
  /** Milliseconds to the head of an upstream's answer. */
  readonly upstreamTimeout: number
  /** Milliseconds of silence within an upstream's answer. */
  readonly streamIdleTimeout: number
  /** Milliseconds after its last use for which what callers made is kept; Infinity: for ever. */
  readonly retention: number
  /** Everything else: credentials by reference, and the variables that make accounts. */
  readonly environment: Environment
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Why the gateway does not start, in a sentence for whoever started it. */
export class StartError extends Error {}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** The settings of this environment (docs/configuration.md). Throws a `StartError` that names the variable and what it takes. */
export function readSettings(environment: Environment = process.env): Settings {
  const named = environment['WEIR_CONFIG']
  if (named !== undefined && named !== '' && !existsSync(named))
    throw new StartError(`WEIR_CONFIG names ${named}, which does not exist.`)
  const adminKey = environment['WEIR_ADMIN_KEY'] || undefined
  if (adminKey !== undefined && adminKey.length < 20) throw new StartError('WEIR_ADMIN_KEY needs 20 characters or more.')
  return {
    host: environment['WEIR_HOST'] || '127.0.0.1',
    port: whole('WEIR_PORT', environment, 8787, 0, 65_535),
    dataDir: resolve(environment['WEIR_DATA_DIR'] || '.weir'),
    configFile: named || (existsSync('weir.yaml') ? 'weir.yaml' : undefined),
    adminKey,
    sealKeys: sealKeys(environment['WEIR_SEAL_KEY']),
    logLevel: oneOf('WEIR_LOG_LEVEL', environment, 'info', logLevels),
    simulators: oneOf('WEIR_SIMULATORS', environment, 'on', ['on', 'off']) === 'on',
    bodyLimit: bytes('WEIR_BODY_LIMIT', environment, '32mb'),
    fileLimit: bytes('WEIR_FILE_LIMIT', environment, '512mb'),
    attachmentLimit: bytes('WEIR_ATTACHMENT_LIMIT', environment, '50mb'),
    fetchAllow: places('WEIR_FETCH_ALLOW', environment),
    drainSeconds: whole('WEIR_DRAIN_SECONDS', environment, 30, 0, 86_400),
    backgroundLimit: whole('WEIR_BACKGROUND_LIMIT', environment, 256, 1, 100_000),
    upstreamTimeout: seconds('WEIR_UPSTREAM_TIMEOUT', environment, 600),
    streamIdleTimeout: seconds('WEIR_STREAM_IDLE_TIMEOUT', environment, 120),
    retention: days('WEIR_RETENTION_DAYS', environment, 30),
    environment,
  }
}

/** The fewest characters of a key that seals. */
export const leastSealKey = 32

function sealKeys(text: string | undefined): readonly string[] {
  if (!text) return []
  const keys = text.split(',').map((key) => key.trim())
  if (keys.length <= 2 && keys.every((key) => key.length >= leastSealKey)) return keys
  throw new StartError(
    `WEIR_SEAL_KEY takes one key of ${leastSealKey} characters or more, or two with a comma between them: the new one and the old one.`,
  )
}

function whole(name: string, environment: Environment, fallback: number, least: number, most: number): number {
  const text = environment[name]
  if (!text) return fallback
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new StartError(`${name} is ${JSON.stringify(text)}; it takes a whole number from ${least} to ${most}.`)
}

/** Seconds, with or without an `s`; fractions are allowed. Gives milliseconds. */
function seconds(name: string, environment: Environment, fallback: number): number {
  const text = environment[name]
  if (!text) return fallback * 1000
  const value = Number(text.replace(/\s*s$/, ''))
  if (value > 0 && Number.isFinite(value)) return Math.round(value * 1000)
  throw new StartError(`${name} is ${JSON.stringify(text)}; it takes a number of seconds above 0.`)
}

/** Days, of which fractions are allowed, or `forever`. 0 is refused: it would mean either, depending on who reads it. */
function days(name: string, environment: Environment, fallback: number): number {
  const text = environment[name] || String(fallback)
  if (text === 'forever') return Infinity
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value * 86_400_000
  throw new StartError(`${name} is ${JSON.stringify(text)}; it takes a number of days above 0, or forever.`)
}

const units: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }

function bytes(name: string, environment: Environment, fallback: string): number {
  const text = environment[name] || fallback
  const [, digits, unit = ''] = /^(\d+)\s*([a-z]*)$/i.exec(text) ?? []
  const factor = units[unit.toLowerCase()]
  if (digits !== undefined && factor !== undefined) return Number(digits) * factor
  throw new StartError(`${name} is ${JSON.stringify(text)}; it takes bytes, or a number with kb, mb or gb.`)
}

/** Exact places, as `host:port`, the host in the form in which a URL has it. */
function places(name: string, environment: Environment): ReadonlySet<string> {
  const entries = (environment[name] ?? '').split(',').map((entry) => entry.trim())
  return new Set(
    entries.filter(Boolean).map((entry) => {
      const [, host = '', port = ''] = /^(\[[^\]]*\]|[^\s:/?#@*[\]]+):(\d{1,5})$/.exec(entry) ?? []
      const url = `https://${host}:${port}`
      if (host !== '' && Number(port) > 0 && URL.canParse(url)) return `${new URL(url).hostname}:${Number(port)}`
      throw new StartError(`${name} has ${JSON.stringify(entry)}; it takes host:port, more of them behind commas.`)
    }),
  )
}

function oneOf(name: string, environment: Environment, fallback: string, accepted: readonly string[]): string {
  const text = environment[name] || fallback
  if (accepted.includes(text)) return text
  throw new StartError(`${name} is ${JSON.stringify(text)}; it takes ${accepted.join(', ')}.`)
}
