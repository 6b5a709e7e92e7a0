/** Keeps a text from everyone but this installation. Sealed text travels through callers' hands and rests in stores. */
export interface Seal {
  /**
   * Seals a text: printable, of letters, digits, `-`, `_` and `.`, about a third longer than the UTF-8 of `plain`. It opens for the
   * same `purpose` only, which holds whatever must not be exchanged: what it is for, and whose it is.
   */
  seal(plain: string, purpose: string): string
  /** The text that was sealed for this purpose. `undefined` for anything else: cut, altered, another purpose, an unknown key. */
  open(sealed: string, purpose: string): string | undefined
}
