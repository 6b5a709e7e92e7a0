import type { SpokenName } from '../plain.js'
import type { Actor } from './actor.js'
import { chatActor } from './chat-completions.js'
import { converseActor } from './converse.js'
import { generateContentActor } from './generate-content.js'
import { messagesActor } from './messages.js'
import { responsesActor } from './responses.js'

/** An upstream of each dialect. */
export const actors: Readonly<Record<SpokenName, Actor>> = {
  responses: responsesActor,
  'chat-completions': chatActor,
  messages: messagesActor,
  'generate-content': generateContentActor,
  converse: converseActor,
}
