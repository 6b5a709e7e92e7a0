import { GatewayError } from '@weir/contracts'
import type { Generation } from '@weir/dialects'
import { fillSchema } from './schema/fill-schema.js'
import { attachments, lastToolOutputs, lastUserText } from './input.js'
import { readScript } from './script.js'
import type { Step } from './step.js'
import { callOf, chooseTool } from './tools.js'

/** Who speaks. The first thing of every unscripted answer, so that nobody takes it for a model's. */
export const introduction =
  "I am Weir's simulator, not a model: I work offline, I understand nothing, and I answer the same request the same way."

const mostChoices = 128
/** Each is looked for in the whole answer. */
const mostStops = 64

/** What the talker will do for this request. Throws a `GatewayError` for what cannot be done. */
export function plan(asked: Generation): readonly Step[] {
  if ((asked.sampling.choices ?? 1) > mostChoices)
    throw new GatewayError('invalid_value', { message: `The simulator gives at most ${mostChoices} alternatives.`, param: 'n' })
  if ((asked.sampling.stop ?? []).length > mostStops)
    throw new GatewayError('invalid_value', {
      message: `The simulator looks for at most ${mostStops} texts to stop at.`,
      param: 'stop',
    })
  const script = readScript(asked)
  if (script) return script
  const steps: Step[] = reasons(asked) ? [{ type: 'reason', text: thought(asked) }] : []
  const tool = chooseTool(asked)
  if (tool) steps.push(callOf(tool))
  else steps.push({ type: 'say', text: answer(asked) })
  return steps
}

function reasons({ reasoning }: Generation): boolean {
  return reasoning?.effort === 'none' ? false : reasoning?.effort !== undefined || reasoning?.summary !== undefined
}

function thought(asked: Generation): string {
  return `The user's last input is ${lastUserText(asked).length} characters long. I shall repeat it, for there is nothing in me that thinks.`
}

function answer(asked: Generation): string {
  switch (asked.format?.type) {
    case 'json-schema':
      return JSON.stringify(fillSchema(asked.format.schema) ?? null)
    case 'json':
      return JSON.stringify({ simulator: introduction, input: lastUserText(asked) })
    default:
      return speech(asked)
  }
}

function speech(asked: Generation): string {
  const input = lastUserText(asked)
  const seen = attachments(asked)
  const sentences = [introduction]
  if (seen.length > 0) sentences.push(`Beside text I was given ${new Intl.ListFormat('en').format(seen)}.`)
  sentences.push(input === '' ? 'There was no text from a user.' : `You said: ${input}`)
  for (const output of lastToolOutputs(asked)) sentences.push(`A tool answered: ${output}`)
  return sentences.join('\n\n')
}
