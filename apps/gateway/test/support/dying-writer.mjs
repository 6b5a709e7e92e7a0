// A writer thread that ends with the first thing that it is asked to write.
import { parentPort } from 'node:worker_threads'

parentPort.on('message', () => process.exit(1))
