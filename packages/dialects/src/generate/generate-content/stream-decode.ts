import type { SseFrame } from '../../dialect.js'
import type { Reader } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import type { UpstreamFailure } from '../canonical/response.js'
import { isRecord } from '../narrow.js'
import { parsed } from '../parsed.js'
import { answerReader } from './answer-reader.js'
import { listOf } from './fields.js'

/**
 * Chunks to events. Nothing but the end of the stream tells that no chunk will follow, so the end of the answer is told there, if each
 * candidate has said how it ended. Anything after an error is ignored.
 */
export function decodeStream(): Reader<SseFrame, Event> {
  const answer = answerReader()
  return {
    push({ data }, emit) {
      // Google sends no marker at the end; servers that copy it may.
      if (data.trim() === '' || data.trim() === '[DONE]') return
      const chunks = listOf(parsed(data))
      if (chunks.length === 0 || !chunks.every(isRecord)) return answer.fail(malformed, emit)
      for (const chunk of chunks) answer.read(chunk, emit)
    },
    end: (emit) => answer.end(false, emit),
  }
}

const malformed: UpstreamFailure = { kind: 'malformed', message: 'The provider sent a chunk that is not a JSON object.' }
