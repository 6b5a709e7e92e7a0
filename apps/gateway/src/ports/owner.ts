/** Who made a thing: a tenant and a subject (the user or virtual account, never the key). Everything kept is looked up with it. */
export interface Owner {
  readonly tenant: string
  readonly subject: string
}
