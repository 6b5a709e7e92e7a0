import { responses, type Answering, type Generated } from '@weir/dialects'
import type { responses as wire } from '@weir/contracts'
import type { Routed } from '../route/route.js'
import type { Issuer } from '../translate/replay-token.js'
import type { NativeWire } from './native/native-wire.js'
import type { StampFacts } from './stamp.js'

/** What encoders need to know of this answer. */
export function answeringOf({ attempt, ask, asked, trail, ingress }: Routed): Answering {
  return {
    // Decoding what was asked is put off: most native answers never look at it.
    get asked() {
      return asked()
    },
    id: ingress.answerId(trail),
    createdAt: Math.floor(trail.startedAt / 1000),
    model: ingress.namesModelAsAsked ? ask.model : attempt.candidate.target.model,
    provider: attempt.candidate.account.name,
    stored: ask.store,
  }
}

/** Seconds since 1970. */
export const seconds = (): number => Math.floor(Date.now() / 1000)

const issuerOf = ({ attempt }: Routed): Issuer => ({
  account: attempt.candidate.account.name,
  model: attempt.candidate.target.model,
})

/** Whether the caller is to see replay tokens. */
const reveals = ({ ask, ingress }: Routed): boolean => ingress.showsTokens(ask)

/** Whether the caller asked for the log probability of each token. */
function probable({ asked }: Routed): boolean {
  const { logprobs, topLogprobs = 0 } = asked().sampling
  return logprobs ?? topLogprobs > 0
}

/** What the marks on this answer hang on. */
export const stampFacts = (exchange: Routed): StampFacts => ({
  issuer: issuerOf(exchange),
  reveals: reveals(exchange),
  dialect: exchange.dialect,
  stateful: exchange.ingress.stateful,
  probable: () => probable(exchange),
})

export const nativeWire = (exchange: Routed, answering: Answering): NativeWire =>
  exchange.ingress.nativeWire({ answering, issuer: issuerOf(exchange), reveals: reveals(exchange) })

/** The answer as a response object, which is what is kept whatever the caller speaks. */
export function responseObject(generated: Generated, answering: Answering, { trail, attempt }: Routed): wire.ResponseObject {
  const { model } = attempt.candidate.target
  return responses.response.encode(generated, {
    ...answering,
    asked: answering.asked,
    model,
    id: trail.responseId ?? answering.id,
  })
}

/**
 * Notes that the answer goes out although it could not be read: there is nothing to keep. A background response, which nobody has
 * but from the store, is kept as its upstream tells it at its end.
 */
export function passUnread(answering: Answering, { trail, job }: Routed, reason: string): void {
  if (!job) answering.stored = false
  trail.storeFailure = reason
}
