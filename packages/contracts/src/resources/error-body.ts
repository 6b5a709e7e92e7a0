import * as z from 'zod'

/** The one form of every HTTP error outside the dialects that have their own. All four keys are always there. */
export const errorBodySchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable().meta({ description: 'The field at fault, as a path such as input[0].content.' }),
      code: z.string().nullable(),
    }),
  })
  .meta({ id: 'Error' })
