import type { DialectName, PlainDialectName } from '@weir/dialects'
import { embed } from './embed.js'
import { moderate } from './moderate.js'
import { rerank } from './rerank.js'
import { speak } from './speak.js'
import { generate } from './generate.js'
import type { Operation, PlainOperation } from './operation.js'

/** What the endpoints of a group of the contract ask for, and in which language. */
export interface Asking {
  readonly operation: Operation
  readonly dialect: string
}

const turns: Readonly<Record<string, DialectName>> = {
  responses: 'responses',
  chatCompletions: 'chat-completions',
  completions: 'completions',
  messages: 'messages',
  generateContent: 'generate-content',
}

const plain: Readonly<Record<string, { readonly operation: PlainOperation; readonly dialect: PlainDialectName }>> = {
  embeddings: { operation: embed, dialect: 'embeddings' },
  rerank: { operation: rerank, dialect: 'rerank' },
  moderations: { operation: moderate, dialect: 'moderations' },
  speech: { operation: speak, dialect: 'speech' },
}

/** By group of the contract. Errors of a group that is not here are told in the Responses dialect. */
export function askingOf(group: string): Asking {
  return plain[group] ?? { operation: generate, dialect: turns[group] ?? 'responses' }
}
