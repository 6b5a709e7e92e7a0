import { GatewayError } from '@weir/contracts'
import type { Generation } from '@weir/dialects'
import { failureKinds, type Step } from './step.js'
import { callableTools, callOf } from './tools.js'

/** The key in a request's metadata under which a script stands, as JSON. */
const scriptKey = 'simulator_script'

const longestWait = 60_000

/**
 * The script of a request, or nothing where it has none. Throws a `GatewayError` that names the step which cannot be
 * followed. The steps are described in README.md.
 */
export function readScript(asked: Generation): readonly Step[] | undefined {
  const text = asked.state.metadata?.[scriptKey]
  if (text === undefined) return undefined
  let script: unknown
  try {
    script = JSON.parse(text)
  } catch (cause) {
    throw rejected('is not valid JSON', cause)
  }
  if (!Array.isArray(script)) throw rejected('must be an array of steps, such as [{"say":"Hello"}]')
  return script.map((step: unknown, place) => readStep(step, place, asked))
}

function readStep(step: unknown, place: number, asked: Generation): Step {
  const fields = typeof step === 'object' && step !== null ? Object.entries(step) : []
  const [[verb, value] = ['', undefined], ...others] = fields
  const wrong = (needed: string): GatewayError => rejected(`has a step ${place} that cannot be followed: ${needed}`)
  if (others.some(([name]) => verb !== 'call' || name !== 'arguments'))
    throw wrong('a step has one verb; only "call" takes a second field, "arguments", after it')

  switch (verb) {
    case 'say':
    case 'refuse':
    case 'reason':
      if (typeof value !== 'string') throw wrong(`"${verb}" takes a text`)
      return { type: verb, text: value }
    case 'call':
      if (typeof value !== 'string') throw wrong('"call" takes the name of a tool')
      return readCall(value, others[0]?.[1], asked)
    case 'wait_ms':
      if (typeof value !== 'number' || !(value >= 0 && value <= longestWait))
        throw wrong(`"wait_ms" takes a number from 0 to ${longestWait}`)
      return { type: 'wait', milliseconds: value }
    case 'fail': {
      const kind = failureKinds.find((known) => known === value)
      if (!kind) throw wrong(`"fail" takes one of ${failureKinds.join(', ')}`)
      return { type: 'fail', kind }
    }
    case 'end':
      if (typeof value !== 'string') throw wrong('"end" takes the reason for which the answer is incomplete')
      return { type: 'end', reason: value }
    default:
      throw wrong('a step is an object with one of "say", "refuse", "reason", "call", "wait_ms", "fail", "end"')
  }
}

/** A tool that is not offered may be called all the same: models do that too. */
function readCall(name: string, given: unknown, asked: Generation): Step {
  const offered = callableTools(asked).find((tool) => tool.name === name)
  const call = callOf(offered ?? { type: 'function', name })
  if (given === undefined || call.type !== 'call') return call
  return { ...call, arguments: typeof given === 'string' ? given : JSON.stringify(given) }
}

const rejected = (what: string, cause?: unknown): GatewayError =>
  new GatewayError('invalid_value', { message: `metadata.${scriptKey} ${what}.`, param: `metadata.${scriptKey}`, cause })
