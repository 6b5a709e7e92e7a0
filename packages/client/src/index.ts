export { createClient, type Client, type ClientOptions } from './create-client.js'
export { WeirError, type WeirErrorFields } from './errors.js'
export type { CallOptions } from './rest.js'
