// The wire of OpenAI's speech. Its answer is the sound itself.

/** The body of POST /audio/speech. Fields that are newer than this page pass through untouched. */
export interface SpeechRequest {
  model: string
  input: string
  /** A name that the provider knows, or a voice of the caller's own there. */
  voice: string | { id: string }
  /** How it is to be said, in words. */
  instructions?: string | null
  /** Default: `mp3`. */
  response_format?: 'mp3' | 'opus' | 'aac' | 'flac' | 'wav' | 'pcm' | null
  /** Default: 1. */
  speed?: number | null
  /** `audio`: the bytes as they come. Events (`sse`) are not here yet. */
  stream_format?: 'audio' | 'sse' | null
}
