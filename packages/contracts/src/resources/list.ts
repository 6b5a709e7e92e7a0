import * as z from 'zod'

/** A page of a list, newest first. `has_more` says whether a call with `after` set to the last id would find any. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ object: z.literal('list'), data: z.array(item), has_more: z.boolean() })

/** How much of a list, and from where: `limit` of 1 to 100, and the id of the last row seen. */
export const pageShape = {
  limit: z.coerce.number<number>().int().min(1).max(100).default(20),
  after: z.exactOptional(z.string().min(1)),
}

/** The same, in either order. */
export const orderedPageShape = { ...pageShape, order: z.enum(['asc', 'desc']).default('desc') }
