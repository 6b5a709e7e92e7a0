// What is told of background responses, by whom it is of use to.

/** There is a job to be claimed. */
export const jobsTopic = 'jobs'
/** A job is held by somebody else by now, or is gone: whoever runs it looks for itself. */
export const jobTopic = (id: string): string => `job/${id}`
/** The journal of a response has grown, or is gone. */
export const journalTopic = (id: string): string => `journal/${id}`
