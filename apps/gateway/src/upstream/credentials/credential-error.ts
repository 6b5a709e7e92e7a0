/**
 * Why there is no credential: the message says who did not give one, in the middle of a sentence and without any secret. `refused`:
 * it will not be otherwise until somebody mends something. `unavailable`: it may be later.
 */
export class CredentialError extends Error {
  readonly fault: 'refused' | 'unavailable'
  /** Whose operator has to mend what, as a sentence. */
  readonly remedy: string

  constructor(fault: CredentialError['fault'], message: string, remedy: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CredentialError'
    this.fault = fault
    this.remedy = remedy
  }
}

const ours = 'The operator of this gateway has to mend'

/** Whoever gives credentials was asked and said no. `said`: its status and code, never its words, which may quote what was sent. */
export const refused = (source: string, said: string): CredentialError =>
  new CredentialError('refused', `${source} refused to give one (${said})`, `${ours} the credentials of this account.`)

/** It was asked and broke. */
export const failed = (source: string, said: string): CredentialError =>
  new CredentialError('unavailable', `${source} failed (${said})`, `Its operator has to mend it.`)

export const unreachable = (source: string, cause: unknown): CredentialError =>
  new CredentialError('unavailable', `${source} could not be reached`, `${ours} the way there.`, { cause })

/** What this machine should have is not there, or cannot be used. */
export const unusable = (what: string): CredentialError => new CredentialError('refused', what, `${ours} that.`)
