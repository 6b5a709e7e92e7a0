import * as z from 'zod'
import { listOf } from './list.js'

/** The bytes of a file, as the document says it; no face parses them. */
export const bytesSchema = z.string().meta({ format: 'binary' })

/** What a file is for. Weir keeps it as a label: what a file may be used in does not hang on it. */
export const filePurposeSchema = z.enum(['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'])

/** An uploaded file, without its content. Times are seconds since 1970. */
export const fileSchema = z
  .object({
    id: z.string(),
    object: z.literal('file'),
    bytes: z.int().min(0),
    created_at: z.int(),
    expires_at: z.exactOptional(z.int()),
    filename: z.string(),
    purpose: filePurposeSchema,
    status: z.literal('processed').meta({ description: 'A file is ready as soon as it is there.' }),
  })
  .meta({ id: 'File' })
export interface FileObject extends z.output<typeof fileSchema> {}

export const fileListSchema = listOf(fileSchema)
  .extend({ first_id: z.string().nullable(), last_id: z.string().nullable() })
  .meta({ id: 'FileList' })
export interface FileList extends z.output<typeof fileListSchema> {}

export const deletedFileSchema = z
  .object({ id: z.string(), object: z.literal('file'), deleted: z.literal(true) })
  .meta({ id: 'DeletedFile' })
export interface DeletedFile extends z.output<typeof deletedFileSchema> {}

const shortestLife = 3600
const longestLife = 2_592_000

/** The form of an upload, beside the part `file`. */
export const fileFormSchema = z.strictObject({
  purpose: filePurposeSchema,
  expires_after: z.exactOptional(
    z
      .strictObject({
        anchor: z.literal('created_at'),
        // A form holds text.
        seconds: z.coerce.number<number | string>().int().min(shortestLife).max(longestLife),
      })
      .meta({ description: 'As expires_after[anchor] and expires_after[seconds]: when the file deletes itself.' }),
  ),
})
