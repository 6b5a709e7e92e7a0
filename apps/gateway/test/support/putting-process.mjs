// Puts responses into the database that is named, some at a time, and prints each id once its promise has resolved.
import { openLibsql } from '../../dist/adapters/libsql/libsql.js'

const { responses } = openLibsql({ file: process.argv[2] })
const owner = { tenant: 'acme', subject: 'ada' }
let next = 0

async function putOn() {
  for (;;) {
    const id = `resp_${process.pid}_${next++}`
    await responses.put({ id, owner, parent: null, createdAt: next, input: '[]', response: 'x'.repeat(4_000) })
    process.stdout.write(`${id}\n`)
  }
}

for (let each = 0; each < 8; each++) void putOn()
