import { MalformedAnswer } from '@weir/dialects'

/** Levels. A parser takes any number of them; whatever writes JSON does so level within level, and comes to the end of its stack. */
const deepest = 1000

/** Throws for a JSON text that could be read and never be written again. Of a text that is no JSON it says nothing. */
export function assertWritable(text: string): void {
  if (text.length <= deepest) return
  let depth = 0
  let quoted = false
  for (let place = 0; place < text.length; place++) {
    switch (text.charCodeAt(place)) {
      case 34: // "
        quoted = !quoted
        break
      case 92: // What stands behind a backslash ends no string.
        place++
        break
      case 91: // [
      case 123: // {
        if (!quoted && ++depth > deepest) throw new MalformedAnswer(`The answer is nested more than ${deepest} levels deep.`)
        break
      case 93: // ]
      case 125: // }
        if (!quoted) depth--
        break
      default:
        break
    }
  }
}
