/** Whether a tool that a provider runs is the one that searches the web, in any of its versions. */
export const isWebSearch = (tool: string): boolean => tool.startsWith('web_search')
