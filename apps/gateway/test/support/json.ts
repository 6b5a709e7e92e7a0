import type { responses } from '@weir/contracts'

/** The body of an answer, as the type that its contract gives it; what is really in it is for the test to say. */
export async function read<Wire = responses.ResponseObject>(answer: Response): Promise<Wire> {
  return (await answer.json()) as Wire
}
