// What the simulator does beside turns, by the URLs under which it is asked.
import { GatewayError, mintId } from '@weir/contracts'
import {
  embedContent,
  embeddings,
  moderations,
  rerank,
  speech,
  type BytesDialect,
  type ErrorReply,
  type PlainAnswer,
  type PlainDialect,
} from '@weir/dialects'
import type { PlainAbility } from '../operations/plain.js'
import type { Tokenizer } from '../tokens/tokenizer.js'
import { embedder } from './embedder.js'
import { faultOf } from './faults.js'
import { moderator } from './moderator.js'
import { reranker } from './reranker.js'
import { speaker } from './speaker.js'

/** The models that do these, each one thing. */
export const plainModels: Readonly<Record<string, PlainAbility>> = {
  embedder: 'embed',
  reranker: 'rerank',
  moderator: 'moderate',
  speaker: 'speak',
}

/** An operation at one URL. */
export interface PlainSpoken {
  readonly errors: { readonly error: { encode(error: GatewayError): ErrorReply } }
  /** The model that a body names, and how that answers it. Throws a `GatewayError` for one that is not here. */
  read(body: object): { readonly model: string; readonly answer: (tokenizer: Tokenizer) => Promise<PlainReply> }
}

/** An answer as it goes over the wire. */
interface PlainReply {
  readonly mediaType: string
  readonly content: string | Uint8Array
}

/** What is asked for at this path; nothing where that is no such operation. */
export function plainAt(pathname: string): PlainSpoken | undefined {
  if (pathname === '/embeddings') return speaking(embeddings, 'embedder', embedder)
  if (pathname === '/rerank') return speaking(rerank, 'reranker', reranker)
  if (pathname === '/moderations') return speaking(moderations, 'moderator', moderator)
  if (pathname === '/audio/speech') return sounding(speech, 'speaker', speaker)
  const [, model] = /^\/models\/(.+):batchEmbedContents$/.exec(pathname) ?? []
  if (model !== undefined) return speaking(embedContent, 'embedder', embedder, { model: decodeURIComponent(model) })
  return undefined
}

/** `says`: what the URL says of the request. */
function speaking<Asked extends { readonly model: string }, Given extends PlainAnswer>(
  dialect: PlainDialect<Asked, Given, object, object>,
  name: string,
  does: (asked: Asked, tokenizer: Tokenizer) => Promise<Given>,
  says: object = {},
): PlainSpoken {
  return {
    errors: dialect,
    read(body) {
      const asked = dialect.request.decode({ ...body, ...says })
      const { model } = asked
      assertHere(model, name)
      const facts = { id: mintId('exchange'), model, provider: 'simulator' }
      return {
        model,
        async answer(tokenizer) {
          const body = dialect.response.encode(await does(asked, tokenizer), asked, facts)
          return { mediaType: 'application/json', content: JSON.stringify(body) }
        },
      }
    },
  }
}

function sounding<Asked extends { readonly model: string }>(
  dialect: BytesDialect<Asked, object>,
  name: string,
  does: (asked: Asked) => Uint8Array,
): PlainSpoken {
  return {
    errors: dialect,
    read(body) {
      const asked = dialect.request.decode(body)
      const { model } = asked
      assertHere(model, name)
      return { model, answer: async () => ({ mediaType: dialect.mediaType(asked), content: does(asked) }) }
    },
  }
}

function assertHere(model: string, name: string): void {
  if (model === name || faultOf(model)) return
  throw new GatewayError('model_not_found', {
    message: `The simulator has no model ${JSON.stringify(model)} for this; it has ${name}.`,
    param: 'model',
  })
}
