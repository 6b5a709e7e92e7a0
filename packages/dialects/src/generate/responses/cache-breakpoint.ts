import type { CacheMark } from '../canonical/cache-mark.js'
import { extrasOf, type Extras } from '../canonical/extras.js'
import { isRecord, overlay, type Loose, type Reading } from '../narrow.js'

const isBreakpoint = (value: unknown): value is Loose => isRecord(value) && value.mode === 'explicit'

/** What every part that may bear a mark has beside its own fields. How long its prompt is kept a request says once, for all of them. */
export function sharedOf({ take, rest }: Reading): { cache?: CacheMark; extras?: Extras } {
  const breakpoint = take('prompt_cache_breakpoint', isBreakpoint)
  if (!breakpoint) return extrasOf('responses', rest())
  const { mode: _, ...left } = breakpoint
  const fields = Object.keys(left).length > 0 ? { ...rest(), prompt_cache_breakpoint: left } : rest()
  return { cache: {}, ...extrasOf('responses', fields) }
}

/** The fields to be put back, with the mark among them where it is taken; elsewhere nothing of it. */
export function marked(cache: CacheMark | undefined, extras: Loose = {}, takes: boolean): Loose {
  if (!cache) return extras
  if (takes) return overlay({ prompt_cache_breakpoint: { mode: 'explicit' } }, extras)
  const { prompt_cache_breakpoint: _, ...others } = extras
  return others
}
