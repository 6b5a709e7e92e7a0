import type { DialectName } from '../../dialect.js'

/**
 * An opaque token that must go back untouched to who issued it: OpenAI's encrypted_content, Anthropic's signatures, Gemini's
 * thoughtSignature. Codecs see the plain payload. The gateway tags a token when it leaves and opens the tag when it comes
 * back; one whose issuer is not the target never reaches a codec.
 */
export interface ReplayToken {
  readonly dialect: DialectName
  readonly payload: string
}
