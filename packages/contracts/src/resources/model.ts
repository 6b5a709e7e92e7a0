import * as z from 'zod'

/** A model that the caller may use. `id` is what goes into `model`; `owned_by` is the account that serves it. */
export const modelSchema = z
  .object({
    id: z.string(),
    object: z.literal('model'),
    /** Seconds since 1970. */
    created: z.int(),
    owned_by: z.string(),
  })
  .meta({ id: 'Model' })
export interface Model extends z.output<typeof modelSchema> {}

/** OpenAI's list of models, which comes in one piece. */
export const modelListSchema = z.object({ object: z.literal('list'), data: z.array(modelSchema) }).meta({ id: 'ModelList' })
export interface ModelList extends z.output<typeof modelListSchema> {}
