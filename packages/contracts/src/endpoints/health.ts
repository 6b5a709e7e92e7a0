import { defineEndpoint } from '../endpoint.js'
import { healthSchema, probeSchema } from '../resources/health.js'

export const health = {
  get: defineEndpoint({
    method: 'GET',
    path: '/health',
    mount: 'root',
    access: 'public',
    summary: 'Whether the gateway runs, and which version',
    output: healthSchema,
    errors: [],
  }),
  live: defineEndpoint({
    method: 'GET',
    path: '/health/live',
    mount: 'root',
    access: 'public',
    summary: 'Whether the process lives',
    output: probeSchema,
    errors: [],
  }),
  ready: defineEndpoint({
    method: 'GET',
    path: '/health/ready',
    mount: 'root',
    access: 'public',
    summary: 'Whether it can serve, whatever else is down',
    output: probeSchema,
    errors: ['unavailable'],
  }),
}
