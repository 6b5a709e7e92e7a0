import * as z from 'zod'

export const healthSchema = z.object({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' })
export interface Health extends z.output<typeof healthSchema> {}

/** What the two probes answer. One that fails is a 503 in the common error form. */
export const probeSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Probe' })
export interface Probe extends z.output<typeof probeSchema> {}
