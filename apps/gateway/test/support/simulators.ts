import { simulators as providers } from '../../src/upstream/providers/simulator.js'

/** The accounts of the simulator: one for each dialect that is spoken upstream. */
export const simulators: readonly string[] = providers.map(({ name }) => name)

/** A transparent pixel, and a page with nothing on it, in base64. */
export const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
export const pdf = Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64')
