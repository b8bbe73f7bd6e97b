export const isMarkdown = (path: string) => /\.(md|mdx|markdown)$/i.test(path)
